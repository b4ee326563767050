import { safetensorsOf } from "../../test/files/safetensors-file.ts";
import { checkCases, floats, families, hidden, renamed, width } from "../../test/checkpoint-files.ts";

const q = "model.layers.0.self_attn.q_proj";

/** A refusal says what a file is, and not which tensor was missed first. */
checkCases([
  [
    "a LoRA adapter",
    "llama",
    {
      tensors: () => ({
        "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": floats(2, width),
        "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight": floats(width, 2),
      }),
      files: {
        "adapter_config.json": JSON.stringify({
          peft_type: "LORA",
          base_model_name_or_path: "some/base",
          target_modules: ["q_proj"],
        }),
      },
    },
    { refused: /a LoRA adapter for "some\/base": it holds changes of q_proj/ },
  ],
  [
    "a folder with an adapter",
    "llama",
    {
      files: {
        "model.safetensors": null,
        "adapter_model.safetensors": safetensorsOf({ x: floats(1) }),
        "adapter_config.json": "{}",
      },
    },
    { refused: /a LoRA adapter for a base model that it does not name/ },
  ],
  [
    "an adapter in PyTorch's pickle",
    "llama",
    {
      files: {
        "model.safetensors": null,
        "adapter_model.bin": "x",
        "adapter_config.json": JSON.stringify({ peft_type: "IA3" }),
      },
    },
    { refused: /\(IA\)³ adapter/ },
  ],
  [
    "weights that still have their LoRA",
    "llama",
    { tensors: (t) => ({ ...t, [`${q}.lora_A.default.weight`]: floats(2, width) }) },
    { refused: /a LoRA adapter/ },
  ],
  [
    "a dictionary",
    "llama",
    {
      tensors: () => ({ W_enc: floats(width, 32), W_dec: floats(32, width), b_enc: floats(32), b_dec: floats(width) }),
    },
    { refused: /a dictionary \(a sparse autoencoder\)/ },
  ],
  [
    "a dictionary with the names of layers",
    "gpt2",
    {
      tensors: () => ({
        "encoder.weight": floats(32, width),
        "encoder.bias": floats(32),
        W_dec: floats(32, width),
        b_dec: floats(width),
      }),
    },
    { refused: /a dictionary/ },
  ],
  [
    "a projector",
    "llama",
    { tensors: () => ({ "multi_modal_projector.linear_1.weight": floats(width, width) }) },
    { refused: /the projector or the picture part/ },
  ],
  [
    "a wrapper's names",
    "llama",
    { tensors: (t) => renamed(t, (name) => `module.${name}`) },
    { refused: /a wrapper's name before their own/ },
  ],
  [
    "names of torch.compile",
    "gpt2",
    { tensors: (t) => renamed(t, (name) => `_orig_mod.${name}`) },
    { refused: /a wrapper's name before their own/ },
  ],
  [
    "experts",
    "llama",
    { tensors: (t) => ({ ...t, "model.layers.0.block_sparse_moe.experts.0.w1.weight": floats(hidden, width) }) },
    { refused: /mixture of experts/ },
  ],
  [
    "an optimizer's state",
    "llama",
    { tensors: () => ({ "0.exp_avg": floats(2), "0.exp_avg_sq": floats(2) }) },
    { refused: /state of an optimizer/ },
  ],
  [
    "a folder of pickles",
    "llama",
    { files: { "model.safetensors": null, "pytorch_model.bin": "x" } },
    { refused: /PyTorch's pickle \(pytorch_model\.bin\).*a pickle is a program/ },
  ],
  [
    "parts without their index",
    "llama",
    { files: { "model.safetensors": null, "model-00001-of-00002.safetensors": "x" } },
    { refused: /not the index that puts them together/ },
  ],
  [
    "one part without the index",
    "llama",
    {
      files: { "model-00001-of-00002.safetensors": safetensorsOf(families.llama.tensors) },
      open: "model-00001-of-00002.safetensors",
    },
    { refused: /one of 2 parts/ },
  ],
  [
    "a folder without weights",
    "gpt2",
    { files: { "model.safetensors": null } },
    { refused: /its weights are missing/ },
  ],
  ["no tensors at all", "llama", { tensors: () => ({}) }, { refused: /holds no tensors/ }],
]);
