import { checkCases, floats, bytes, instead, width } from "../../test/checkpoint-files.ts";

const q = "model.layers.0.self_attn.q_proj";
const fused = "transformer.h.0.attn.c_attn";
const matrix = [width, width] as const;

/** Whole numbers are never weights by themselves: every scheme is refused by its name. */
checkCases([
  [
    "whole numbers with scales of rows",
    "llama",
    {
      tensors: instead(q, { ".weight": bytes("I8", 1, ...matrix), ".weight_scale": floats(width, 1) }),
      config: { quantization_config: { quant_method: "compressed-tensors", format: "int-quantized" } },
    },
    { refused: /compressed-tensors \(int-quantized\)/ },
  ],
  [
    "the same without the config's word",
    "llama",
    { tensors: instead(q, { ".weight": bytes("I8", 1, ...matrix), ".weight_scale": floats(width, 1) }) },
    { refused: /scales beside its weights/ },
  ],
  [
    "whole numbers and nothing else",
    "llama",
    { tensors: instead(q, { ".weight": bytes("I8", 1, ...matrix) }) },
    { refused: /q_proj\.weight" is stored as I8: whole numbers are no weights/ },
  ],
  [
    "whole numbers of GPT-2",
    "gpt2",
    { tensors: instead(fused, { ".weight": bytes("U8", 1, width, 3 * width) }) },
    { refused: /c_attn\.weight" is stored as U8/ },
  ],
  [
    "whole numbers in a norm",
    "gpt2",
    { tensors: (t) => ({ ...t, "transformer.ln_f.weight": bytes("I32", 4, width) }) },
    { refused: /ln_f\.weight" is stored as I32/ },
  ],
  [
    "truth values",
    "llama",
    { tensors: instead(q, { ".weight": bytes("BOOL", 1, ...matrix) }) },
    { refused: /stored as BOOL/ },
  ],
  [
    "bitsandbytes in 8 bits",
    "llama",
    { tensors: instead(q, { ".weight": bytes("I8", 1, ...matrix), ".SCB": floats(width) }) },
    { refused: /bitsandbytes \(LLM\.int8\(\)\)/ },
  ],
  [
    "bitsandbytes in 8 bits by its config",
    "gpt2",
    { config: { quantization_config: { load_in_8bit: true } } },
    { refused: /bitsandbytes \(LLM\.int8\(\)\)/ },
  ],
  [
    "bitsandbytes NF4",
    "llama",
    {
      tensors: instead(q, {
        ".weight": bytes("U8", 1, 32, 1),
        ".weight.absmax": floats(1),
        ".weight.quant_map": floats(16),
        ".weight.quant_state.bitsandbytes__nf4": bytes("U8", 1, 4),
      }),
    },
    { refused: /bitsandbytes \(4 bits, NF4\)/ },
  ],
  [
    "bitsandbytes NF4 by its config",
    "llama",
    {
      config: { quantization_config: { quant_method: "bitsandbytes", load_in_4bit: true, bnb_4bit_quant_type: "nf4" } },
    },
    { refused: /bitsandbytes \(4 bits, NF4\)/ },
  ],
  [
    "GPTQ",
    "llama",
    {
      tensors: instead(q, {
        ".qweight": bytes("I32", 4, 1, width),
        ".qzeros": bytes("I32", 4, 1, 1),
        ".scales": floats(1, width),
        ".g_idx": bytes("I32", 4, width),
      }),
    },
    { refused: /GPTQ/ },
  ],
  [
    "GPTQ of GPT-2 by its config",
    "gpt2",
    { config: { quantization_config: { quant_method: "gptq", bits: 4 } } },
    { refused: /GPTQ of 4 bits/ },
  ],
  [
    "AWQ",
    "llama",
    {
      tensors: instead(q, {
        ".qweight": bytes("I32", 4, width, 1),
        ".qzeros": bytes("I32", 4, 1, 1),
        ".scales": floats(1, width),
      }),
    },
    { refused: /GPTQ or AWQ/ },
  ],
  [
    "AWQ by its config",
    "llama",
    { config: { quantization_config: { quant_method: "awq", bits: 4 } } },
    { refused: /AWQ of 4 bits/ },
  ],
  [
    "float8 in blocks",
    "llama",
    {
      tensors: instead(q, { ".weight": bytes("F8_E4M3", 1, ...matrix), ".weight_scale_inv": floats(1, 1) }),
      config: { quantization_config: { quant_method: "fp8" } },
    },
    { refused: /fp8 \(float8 with scales\)/ },
  ],
  [
    "float8 in blocks without the config's word",
    "llama",
    { tensors: instead(q, { ".weight": bytes("F8_E4M3", 1, ...matrix), ".weight_scale_inv": floats(1, 1) }) },
    { refused: /float8 in blocks/ },
  ],
  [
    "float8 alone",
    "gpt2",
    { tensors: instead(fused, { ".weight": bytes("F8_E5M2", 1, width, 3 * width) }) },
    { refused: /F8_E5M2 numbers/ },
  ],
  [
    "packed words of 32 bits",
    "llama",
    { tensors: instead(q, { ".weight_packed": bytes("I32", 4, width, 1), ".weight_shape": bytes("I64", 8, 2) }) },
    { refused: /compressed-tensors \(packed\)/ },
  ],
  [
    "a scheme of the future",
    "llama",
    { config: { quantization_config: { quant_method: "vortex", bits: 3 } } },
    { refused: /vortex of 3 bits/ },
  ],
  ["HQQ", "llama", { tensors: instead(q, { ".W_q": bytes("U8", 1, 32) }) }, { refused: /HQQ/ }],
]);
