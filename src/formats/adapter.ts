import path from "node:path";
import { isRegular } from "../files/look.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { fileSource } from "./source.ts";
import { parseJson, type Json } from "./safetensors/json.ts";

/** What peft puts next to an adapter's weights. */
export const adapterConfigName = "adapter_config.json";

const largestConfig = 4 << 20;
const longestName = 80;

/** The names by which peft knows its methods. */
const methods: ReadonlyMap<string, string> = new Map([
  ["LORA", "a LoRA adapter"],
  ["ADALORA", "an AdaLoRA adapter"],
  ["LOHA", "a LoHa adapter"],
  ["LOKR", "a LoKr adapter"],
  ["IA3", "an (IA)³ adapter"],
  ["PROMPT_TUNING", "a tuned prompt"],
  ["PREFIX_TUNING", "a tuned prefix"],
  ["P_TUNING", "a tuned prompt"],
]);

/**
 * Why an adapter is not a model: it holds only changes to the weights of another.
 * @param folder where adapter_config.json may lie, which says whose
 */
export function adapterRefusal(folder: string, where: string): GlassboxError {
  const config = readConfig(path.join(folder, adapterConfigName));
  const text = (key: string): string | undefined => {
    const value = config?.get(key);
    return typeof value === "string" && value !== "" ? value.slice(0, longestName) : undefined;
  };
  const base = text("base_model_name_or_path");
  const targets = config?.get("target_modules");
  const parts = Array.isArray(targets) ? targets.filter((each) => typeof each === "string").slice(0, 8) : [];
  const what = methods.get(text("peft_type") ?? "LORA") ?? "an adapter";
  return new GlassboxError(
    "unsupported",
    `this is ${what} for ${base ? JSON.stringify(base) : "a base model that it does not name"}: it holds changes${parts.length ? ` of ${parts.join(", ")}` : ""}, and not the model that they change`,
    {
      where,
      hint: `Merge it into its base and open the result: in Python, PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(${JSON.stringify(base ?? "<base>")}), "${path.basename(folder)}").merge_and_unload().save_pretrained("merged"), and put the base's tokenizer.json next to it.`,
    },
  );
}

function readConfig(file: string): ReadonlyMap<string, Json> | undefined {
  if (!isRegular(file)) return undefined;
  const source = fileSource(file);
  try {
    if (source.size > largestConfig) return undefined;
    const json = parseJson(new TextDecoder().decode(source.read(0, source.size)));
    return json instanceof Map ? json : undefined;
  } catch {
    // What it says only makes the sentence better.
    return undefined;
  } finally {
    source.close();
  }
}
