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
import { gpt2, llama2, llama31, published, type Values } from "./published-configs.ts";
import { judgeUnread } from "./unread-keys.ts";
import { weightsOf } from "./weights.ts";

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

/** A tied model has no head of its own. */
const usualTensors = (values: Values): readonly (readonly [string, Shape])[] =>
  (values["tie_word_embeddings"] ?? values["model_type"] === "gpt2") ? [] : untied;

function opened(values: Values, tensors: readonly (readonly [string, Shape])[] = usualTensors(values)) {
  const config = parseConfig(JSON.stringify(values), "config.json");
  const architecture = config.text("model_type", "") === "gpt2" ? gpt2Architecture : llamaArchitecture;
  const decoder = architecture.fromConfig(config, weightsNamed(tensors));
  checkDimensions(decoder, "config.json");
  return { decoder, notes: judgeUnread(config, architecture, architecture.harmless) };
}

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
