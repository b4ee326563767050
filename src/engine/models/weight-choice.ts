import type { WeightStorage } from "../../architectures/weights.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import { GlassboxError } from "../../tensor/errors.ts";

type Wanted = Pick<EngineSettings, "weights" | "memoryBudgetBytes">;

const bytesOf = { float32: 4, float16: 2 } as const satisfies Record<WeightStorage, number>;

/** The maximum memory of a session, as a multiple of its weights: programs that map 1.4 times as much, and the sessions and
 * activations around them (SmolLM2, measured: 1.10 to 1.15 GB with 0.54 GB of weights, a third of a gigabyte of it
 * ours).
 */
const residentShare = 1.85;

/** Chooses float32 if its programs fit into the budget, because float16 costs time and precision. */
export function storageFor({ weights = "auto", memoryBudgetBytes }: Wanted, parameters: number): WeightStorage {
  if (weights === "float32" || weights === "float16") return weights;
  if (weights !== "auto")
    throw new GlassboxError("option", `weights cannot be kept as ${String(weights)}`, {
      hint: "Choose auto, float32 or float16.",
    });
  return parameters * bytesOf.float32 * residentShare <= memoryBudgetBytes ? "float32" : "float16";
}

/** Explains the choice to a person: what it is, why, and what it costs. */
export function storageSentence(
  { weights = "auto", memoryBudgetBytes }: Wanted,
  parameters: number,
  storage: WeightStorage,
): string {
  const size = gigabytes(parameters * bytesOf[storage]);
  const budget = gigabytes(memoryBudgetBytes);
  const over =
    parameters * bytesOf[storage] > memoryBudgetBytes
      ? ` That is more than the memory budget of ${budget}: the system reads them from disk again and again.`
      : "";
  if (storage === "float32")
    return `Its weights are kept in float32, ${size}${weights === "auto" ? ", which the memory budget allows" : ", as the settings say"}.${over}`;
  const why =
    weights === "auto" ? `since float32 would not fit into the memory budget of ${budget}` : "as the settings say";
  return `Its weights are kept in float16, ${size}, ${why}: weights that the file holds more finely are rounded to 11 bits.${over}`;
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(2)} GB`;
