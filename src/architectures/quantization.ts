import type { TensorSource } from "../formats/tensor-source.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { ModelConfig } from "./config.ts";

/**
 * Quantized checkpoints keep whole numbers or tiny floats, and in other tensors what turns them into weights. Each scheme is
 * refused by its name: its numbers alone would give logits that mean nothing.
 */

const hint =
  "Take the checkpoint that was quantized, or load this one with transformers, dequantize it (model.dequantize() where the scheme has it) and save it in float32 or bfloat16. Quantized GGUF files run as they are.";

const refusal = (scheme: string, where: string): GlassboxError =>
  new GlassboxError("unsupported", `this checkpoint is quantized with ${scheme}, which cannot be run yet`, {
    where,
    hint,
  });

/** @throws where the config or the tensors say that the weights are quantized */
export function refuseQuantized(source: TensorSource, config: ModelConfig): void {
  for (const key of ["quantization_config", "compression_config"]) {
    const said = config.has(key) ? config.object(key) : undefined;
    if (said?.isEmpty() === false) throw refusal(schemeOfConfig(said), config.origin.file);
  }
  const found = schemeOfTensors(source);
  if (found) throw refusal(found, source.where);
}

/** `quantization_config` as transformers writes it; files of before 2023 name bitsandbytes only by its switches. */
function schemeOfConfig(said: ModelConfig): string {
  const word = (key: string): string => (said.has(key) ? String(said.plain(key) ?? "") : "");
  const bits = word("bits") || word("w_bit") || word("nbits");
  const wide = bits && ` of ${bits} bits`;
  const method = word("quant_method");
  switch (method) {
    case "":
    case "bitsandbytes":
      if (word("load_in_4bit") === "true" || word("_load_in_4bit") === "true")
        return `bitsandbytes (4 bits, ${(word("bnb_4bit_quant_type") || "fp4").toUpperCase()})`;
      if (word("load_in_8bit") === "true" || word("_load_in_8bit") === "true") return "bitsandbytes (LLM.int8())";
      return method || "a scheme that it does not name (quantization_config)";
    case "compressed-tensors":
      return `compressed-tensors${word("format") && ` (${word("format")})`}`;
    case "gptq":
      return `GPTQ${wide}`;
    case "awq":
      return `AWQ${wide}`;
    case "fp8":
    case "fbgemm_fp8":
      return `${method} (float8 with scales)`;
    default:
      return `${method}${wide}`;
  }
}

/** Tensors that only a scheme has, by the ends of their names; the more telling ones first. */
const signs: readonly (readonly [ending: RegExp, scheme: string])[] = [
  [/\.quant_state\.bitsandbytes__nf4$/, "bitsandbytes (4 bits, NF4)"],
  [/\.quant_state\.bitsandbytes__fp4$/, "bitsandbytes (4 bits, FP4)"],
  [/\.(absmax|quant_map|nested_absmax|nested_quant_map)$/, "bitsandbytes (4 bits)"],
  [/\.(SCB|weight_format)$/, "bitsandbytes (LLM.int8())"],
  [/\.g_idx$/, "GPTQ"],
  [/\.(qweight|qzeros)$/, "GPTQ or AWQ"],
  [/\.weight_packed$/, "compressed-tensors (packed)"],
  [/\.weight_scale_inv$/, "float8 in blocks (weight_scale_inv)"],
  [
    /\.(weight_scale|weight_zero_point|input_scale|weight_scale_2)$/,
    "scales beside its weights (compressed-tensors, float8)",
  ],
  [/_(blocks|scales)$/, "MXFP4"],
  [/\.W_q$/, "HQQ"],
  [/\.weight\._(data|scale|shift)$/, "quanto"],
  [/\.(codebooks|codes|scales)$/, "code books (AQLM) or scales of its own"],
];

function schemeOfTensors({ tensors }: TensorSource): string | undefined {
  for (const [ending, scheme] of signs) for (const name of tensors.keys()) if (ending.test(name)) return scheme;
  for (const { storage } of tensors.values()) if (/^F(8|6|4)(_|$)/.test(storage)) return `${storage} numbers`;
  return undefined;
}

/** Why a stored tensor cannot be a weight by itself; undefined for floats. */
export function notAWeight(storage: string, dtype: string | undefined): string | undefined {
  if (dtype === undefined) return `is stored as ${storage}, which cannot be read`;
  if (/^(float|bfloat)/.test(dtype)) return undefined;
  return `is stored as ${storage}: whole numbers are no weights by themselves, and nothing in the file says what turns them into some`;
}
