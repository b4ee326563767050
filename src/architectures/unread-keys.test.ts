import assert from "node:assert/strict";
import { test } from "node:test";
import type { GgufValue } from "../formats/gguf/metadata.ts";
import type { TensorSource } from "../formats/tensor-source.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import { checkDimensions } from "./check-dimensions.ts";
import { configOfMetadata, parseConfig } from "./config.ts";
import type { Decoder } from "./decoder.ts";
import { gpt2Architecture } from "./gpt2.ts";
import { llamaArchitecture } from "./llama.ts";
import { judgeUnread } from "./unread-keys.ts";
import { weightsOf } from "./weights.ts";

type Values = Readonly<Record<string, unknown>>;

/** Shapes are looked up, no weight is read. */
function weightsNamed(names: readonly (readonly [string, Shape])[]) {
  const source: TensorSource = {
    where: "model.safetensors",
    tensors: new Map(names.map(([name, shape]) => [name, { shape, storage: "BF16", dtype: "bfloat16" }])),
    read: (name) => assert.fail(`${name} was read`),
  };
  return weightsOf(source, { identity: "x", storage: "float32" });
}

const untied = [["lm_head.weight", [1, 1]]] as const;

function opened(values: Values, tensors: readonly (readonly [string, Shape])[] = untied) {
  const config = parseConfig(JSON.stringify(values), "config.json");
  const architecture = config.text("model_type", "") === "gpt2" ? gpt2Architecture : llamaArchitecture;
  const decoder = architecture.fromConfig(config, weightsNamed(tensors));
  checkDimensions(decoder, "config.json");
  return { decoder, notes: judgeUnread(config, architecture, architecture.harmless) };
}

const llama2 = {
  _name_or_path: "meta-llama/Llama-2-7b-hf",
  architectures: ["LlamaForCausalLM"],
  bos_token_id: 1,
  eos_token_id: 2,
  hidden_act: "silu",
  hidden_size: 4096,
  initializer_range: 0.02,
  intermediate_size: 11008,
  max_position_embeddings: 4096,
  model_type: "llama",
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 32,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
  tie_word_embeddings: false,
  torch_dtype: "float16",
  transformers_version: "4.31.0.dev0",
  use_cache: true,
  vocab_size: 32000,
};

const llama31 = {
  ...llama2,
  attention_bias: false,
  attention_dropout: 0,
  bos_token_id: 128000,
  eos_token_id: [128001, 128008, 128009],
  intermediate_size: 14336,
  max_position_embeddings: 131072,
  mlp_bias: false,
  num_key_value_heads: 8,
  rope_scaling: {
    factor: 8,
    high_freq_factor: 4,
    low_freq_factor: 1,
    original_max_position_embeddings: 8192,
    rope_type: "llama3",
  },
  rope_theta: 500000,
  torch_dtype: "bfloat16",
  transformers_version: "4.42.3",
  vocab_size: 128256,
};

const smolLm2 = {
  architectures: ["LlamaForCausalLM"],
  attention_bias: false,
  attention_dropout: 0,
  bos_token_id: 1,
  eos_token_id: 2,
  hidden_act: "silu",
  hidden_size: 576,
  initializer_range: 0.041666666666666664,
  intermediate_size: 1536,
  is_llama_config: true,
  max_position_embeddings: 8192,
  mlp_bias: false,
  model_type: "llama",
  num_attention_heads: 9,
  num_hidden_layers: 30,
  num_key_value_heads: 3,
  pad_token_id: 2,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_interleaved: false,
  rope_scaling: null,
  rope_theta: 100000,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
  transformers_version: "4.42.3",
  use_cache: true,
  vocab_size: 49152,
};

const gpt2 = {
  activation_function: "gelu_new",
  architectures: ["GPT2LMHeadModel"],
  attn_pdrop: 0.1,
  bos_token_id: 50256,
  embd_pdrop: 0.1,
  eos_token_id: 50256,
  initializer_range: 0.02,
  layer_norm_epsilon: 1e-5,
  model_type: "gpt2",
  n_ctx: 1024,
  n_embd: 768,
  n_head: 12,
  n_layer: 12,
  n_positions: 1024,
  resid_pdrop: 0.1,
  summary_activation: null,
  summary_first_dropout: 0.1,
  summary_proj_to_labels: true,
  summary_type: "cls_index",
  summary_use_proj: true,
  task_specific_params: { "text-generation": { do_sample: true, max_length: 50 } },
  vocab_size: 50257,
};

/** Configs as they are published, each with what is its own. */
const published: Readonly<Record<string, Values>> = {
  "Llama 2 7B": llama2,
  "CodeLlama 7B": { ...llama2, max_position_embeddings: 16384, rope_theta: 1000000, vocab_size: 32016 },
  "LLaMA 7B, converted early": {
    architectures: ["LLaMAForCausalLM"],
    bos_token_id: 0,
    eos_token_id: 1,
    hidden_act: "silu",
    hidden_size: 4096,
    intermediate_size: 11008,
    initializer_range: 0.02,
    max_sequence_length: 2048,
    model_type: "llama",
    num_attention_heads: 32,
    num_hidden_layers: 32,
    pad_token_id: -1,
    rms_norm_eps: 1e-6,
    torch_dtype: "float16",
    transformers_version: "4.27.0.dev0",
    use_cache: true,
    vocab_size: 32000,
  },
  "TinyLlama 1.1B": {
    ...llama2,
    attention_bias: false,
    hidden_size: 2048,
    intermediate_size: 5632,
    max_position_embeddings: 2048,
    num_hidden_layers: 22,
    num_key_value_heads: 4,
    rope_theta: 10000,
    transformers_version: "4.35.0",
  },
  "Vicuna 7B": {
    ...llama2,
    _name_or_path: "vicuna-7b-v1.5",
    pad_token_id: 0,
    max_length: 4096,
    temperature: 0.9,
    top_p: 0.6,
  },
  "DeepSeek Coder 6.7B": {
    ...llama2,
    max_position_embeddings: 16384,
    rope_scaling: { factor: 4, type: "linear" },
    rope_theta: 100000,
    vocab_size: 32256,
  },
  "Llama 3.1 8B Instruct": llama31,
  "Llama 3.2 1B": { ...llama31, head_dim: 64, hidden_size: 2048, intermediate_size: 8192, tie_word_embeddings: true },
  "Llama 3.2 1B from Unsloth": {
    ...llama31,
    head_dim: 64,
    hidden_size: 2048,
    pad_token_id: 128004,
    unsloth_fixed: true,
    unsloth_version: "2025.3.19",
  },
  "SmolLM2 135M": smolLm2,
  "SmolLM2 135M Instruct": {
    ...smolLm2,
    "transformers.js_config": { kv_cache_dtype: { q4f16: "float16", fp16: "float16" } },
  },
  "a Llama saved by transformers 5": {
    ...smolLm2,
    dtype: "bfloat16",
    rope_parameters: { rope_theta: 100000, rope_type: "default" },
    rope_scaling: undefined,
    rope_theta: undefined,
    torch_dtype: undefined,
    transformers_version: "5.2.0",
  },
  "a Llama that was fine-tuned": {
    ...llama2,
    _attn_implementation: "flash_attention_2",
    gradient_checkpointing: false,
    neftune_noise_alpha: 5,
    tokenizer_class: "LlamaTokenizer",
    use_flash_attention_2: true,
    model_max_length: 4096,
    sliding_window: null,
  },
  "GPT-2": gpt2,
  "GPT-2 medium": { ...gpt2, n_embd: 1024, n_head: 16, n_layer: 24, n_special: 0, predict_special_tokens: true },
  "GPT-2 XL": { ...gpt2, n_embd: 1600, n_head: 25, n_layer: 48, output_past: true },
  "DistilGPT-2": { ...gpt2, _num_labels: 1, id2label: { "0": "LABEL_0" }, label2id: { LABEL_0: 0 }, n_layer: 6 },
  "GPT-2 saved by transformers 4": {
    ...gpt2,
    _name_or_path: "gpt2",
    n_inner: null,
    reorder_and_upcast_attn: false,
    scale_attn_by_inverse_layer_idx: false,
    scale_attn_weights: true,
    transformers_version: "4.44.0",
    use_cache: true,
  },
  "a GPT-2 whose sizes have both names": {
    ...gpt2,
    hidden_size: 768,
    num_hidden_layers: 12,
    max_position_embeddings: 1024,
  },
  "Cerebras-GPT 111M": {
    ...gpt2,
    activation_function: "gelu",
    n_inner: 3072,
    n_layer: 10,
    n_positions: 2048,
    n_ctx: 2048,
  },
};

for (const [name, values] of Object.entries(published)) {
  test(`the config of ${name} is read whole`, () => {
    assert.deepEqual(opened(values).notes, []);
  });
}

test("the numbers are those of the config", () => {
  const { layers, width, heads, keyValueHeads, headWidth, hidden, vocabulary, context }: Decoder =
    opened(llama31).decoder;
  assert.deepEqual(
    [layers, width, heads, keyValueHeads, headWidth, hidden, vocabulary, context],
    [32, 4096, 32, 8, 128, 14336, 128256, 131072],
  );
  assert.equal(opened({ ...gpt2, n_positions: null }).decoder.context, 1024);
});

const bias = [["model.layers.0.self_attn.q_proj.bias", [4096]], ...untied] as const;

test("a key that may change the numbers is refused by its name and value", () => {
  const refused: readonly (readonly [Values, RegExp, typeof bias?])[] = [
    [
      { ...llama2, sliding_window: 4096 },
      /config\.json says sliding_window 4096, which Glassbox does not compute for llama; its logits would be wrong/,
    ],
    [{ ...llama2, rope_condense_ratio: 8 }, /rope_condense_ratio 8/],
    [{ ...llama2, partial_rotary_factor: 0.5 }, /partial_rotary_factor 0\.5/],
    [{ ...llama2, rope_interleaved: true }, /rope_interleaved true/],
    [{ ...llama2, logits_scaling: 8, residual_multiplier: 0.22 }, /logits_scaling 8, residual_multiplier 0\.22/],
    [{ ...llama2, num_local_experts: 8, num_experts_per_tok: 2 }, /num_local_experts 8, num_experts_per_tok 2/],
    [
      { ...llama2, quantization_config: { quant_method: "gptq", bits: 4 } },
      /quantization_config \{"quant_method":"gptq","bits":4\}/,
    ],
    [{ ...llama2, quantization: { group_size: 64, bits: 4 } }, /quantization \{"group_size":64,"bits":4\}/],
    [{ ...llama2, pruned_heads: { "0": [1] } }, /pruned_heads/],
    [
      { ...llama2, rope_scaling: { type: "linear", factor: 2, attention_factor: 1.2 } },
      /rope_scaling\.attention_factor 1\.2/,
    ],
    [{ ...llama2, layer_types: ["full_attention", "sliding_attention"] }, /layer_types/],
    [
      { ...llama2, architectures: ["LlamaForSequenceClassification"] },
      /architectures \["LlamaForSequenceClassification"\]/,
    ],
    [{ ...llama2, auto_map: { AutoModelForCausalLM: "modeling_llama.LlamaForCausalLM" } }, /auto_map/],
    [{ ...gpt2, add_cross_attention: true }, /add_cross_attention true, which Glassbox does not compute for gpt2/],
    [{ ...gpt2, is_encoder_decoder: true }, /is_encoder_decoder true/],
    [{ ...gpt2, scale_attn_by_inverse_layer_idx: true }, /attention is scaled in another way/],
    [{ ...gpt2, hidden_size: 1024 }, /n_embd 768, but hidden_size 1024/],
    [{ ...llama2, attention_bias: false }, /attention_bias false, but the weights have such biases/, bias],
  ];
  for (const [values, message, tensors] of refused) {
    assert.throws(
      () => opened(values, tensors),
      (error: unknown) => error instanceof GlassboxError && message.test(error.what),
      JSON.stringify(values),
    );
  }
});

test("a refusal says how to open the file if the key is harmless after all", () => {
  assert.throws(
    () => opened({ ...llama2, lora_alpha: 16 }),
    (error: unknown) =>
      error instanceof GlassboxError && error.hint === "If a key changes no number, remove it from config.json.",
  );
});

test("unknown keys that are switched off are a note; code for a tokenizer alone is nothing", () => {
  assert.deepEqual(opened({ ...llama2, use_resampler: false, ffn_norms: null, extra: [] }).notes, [
    "Glassbox does not know these keys of config.json, all of which are switched off: use_resampler false, ffn_norms null, extra [].",
  ]);
  assert.deepEqual(opened({ ...llama2, auto_map: { AutoTokenizer: "tokenization.Tokenizer" } }).notes, []);
});

test("biases are added where the weights have them and the config does not deny them", () => {
  assert.deepEqual(opened({ ...llama2, attention_bias: true }, bias).notes, []);
  assert.deepEqual(opened(llama2, bias).notes, []);
});

const metadata: Readonly<Record<string, GgufValue>> = {
  "general.architecture": "llama",
  "general.alignment": 32,
  "tokenizer.ggml.model": "gpt2",
  "quantize.imatrix.entries_count": 224,
  "llama.block_count": 32,
  "llama.context_length": 131072,
  "llama.embedding_length": 4096,
  "llama.feed_forward_length": 14336,
  "llama.attention.head_count": 32,
  "llama.attention.head_count_kv": 8,
  "llama.rope.freq_base": 500000,
  "llama.attention.layer_norm_rms_epsilon": 9.999999747378752e-6,
  "llama.attention.key_length": 128,
  "llama.attention.value_length": 128,
  "llama.vocab_size": 128256,
  "llama.rope.dimension_count": 128,
};

function fromMetadata(extra: Readonly<Record<string, GgufValue>>) {
  const config = configOfMetadata({ values: new Map(Object.entries({ ...metadata, ...extra })) }, "llama", "m.gguf");
  const { gguf } = llamaArchitecture;
  const decoder = gguf!.fromMetadata(config, weightsNamed(untied));
  checkDimensions(decoder, "m.gguf");
  return { decoder, notes: judgeUnread(config, llamaArchitecture, gguf!.harmless) };
}

test("the metadata that llama.cpp's converters write for Llama are read whole", () => {
  const cases: readonly Readonly<Record<string, GgufValue>>[] = [
    {},
    { "llama.expert_count": 0, "llama.expert_used_count": 0, "llama.tensor_data_layout": "Meta AI original pth" },
    {
      "llama.rope.scaling.type": "linear",
      "llama.rope.scaling.factor": 4,
      "llama.rope.scaling.original_context_length": 4096,
    },
    { "llama.rope.scaling.type": "none", "llama.rope.scaling.finetuned": false, "llama.rope.scaling.factor": 0 },
    { "mradermacher.quantize_version": "2", "llama.attention.causal": true },
  ];
  for (const extra of cases) assert.deepEqual(fromMetadata(extra).notes, [], JSON.stringify(extra));
});

test("metadata that may change the numbers are refused by their name and value", () => {
  const cases: readonly (readonly [Readonly<Record<string, GgufValue>>, RegExp])[] = [
    [
      { "llama.attention.sliding_window": 4096 },
      /the file's metadata says llama\.attention\.sliding_window 4096, which Glassbox does not compute for llama/,
    ],
    [{ "llama.rope.scaling.type": "yarn" }, /scaling "yarn" cannot be run yet/],
    [{ "llama.rope.scaling.yarn_log_multiplier": 0.1 }, /llama\.rope\.scaling\.yarn_log_multiplier 0\.1/],
    [{ "llama.rope.scaling.attn_factor": 1.2 }, /llama\.rope\.scaling\.attn_factor 1\.2/],
    [{ "llama.rope.dimension_count": 64 }, /rope\.dimension_count is 64/],
    [{ "llama.attention.value_length": 64 }, /attention\.value_length is 64/],
    [{ "llama.expert_count": 8 }, /mixture of experts/],
    [{ "llama.attention.causal": false, "llama.logit_scale": 0.5 }, /llama\.logit_scale 0\.5/],
    [
      { "llama.rope.dimension_sections": { elementType: "int32", length: 4, offset: 0 } },
      /llama\.rope\.dimension_sections \(4 of int32\)/,
    ],
    [
      { "llama.attention.head_count": { elementType: "int32", length: 32, offset: 0 } },
      /"llama\.attention\.head_count" of the file's metadata should be a number/,
    ],
  ];
  for (const [extra, message] of cases) {
    assert.throws(
      () => fromMetadata(extra),
      (error: unknown) => error instanceof GlassboxError && message.test(error.what),
      JSON.stringify(extra),
    );
  }
});
