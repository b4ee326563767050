import type { Value } from "../graph/builder.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import type { ArchitectureOf } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import type { Decoder, Dimensions } from "./decoder.ts";
import { isTied } from "./head.ts";
import { attentionBlock } from "./layers/attention-block.ts";
import { site, type Context } from "./layers/context.ts";
import { gatedMlp } from "./layers/mlp.ts";
import { rmsNorms } from "./layers/norm.ts";
import { parametersOf, rowsOf } from "./layers/parameters.ts";
import { preNormBlock } from "./layers/pre-norm-block.ts";
import { projectionsOf } from "./layers/projection.ts";
import { rotaryFrequencies, ropeOfConfig, ropeOfMetadata, scaledContext, type Rope } from "./rope.ts";
import { isNumber } from "./unread-keys.ts";
import type { Weights } from "./weights.ts";

interface LlamaConfig extends Dimensions {
  readonly epsilon: number;
  readonly rope: Rope;
  readonly tied: boolean;
}

/**
 * Llama (Touvron et al. 2023), with the grouped queries of Llama 2 and the scaled frequencies of Llama 3.1:
 *   h = x + W_O·attention(RMSNorm(x)),   y = h + W_down·(silu(W_gate·RMSNorm(h)) ⊙ W_up·RMSNorm(h)).
 * SmolLM, TinyLlama and Yi are of this family too.
 */
function llama(config: LlamaConfig, weights: Weights): Decoder {
  const { width, heads, keyValueHeads, headWidth, hidden, vocabulary, epsilon } = config;
  const parameters = parametersOf(weights);
  const projections = projectionsOf(parameters, { orientation: "out-in", bias: "where-stored" });
  const norm = rmsNorms(parameters, epsilon);
  const embedding = (c: Context): Value => parameters.value(c, "model.embed_tokens.weight", [vocabulary, width]);
  // Made when the first block is, after the config's numbers have been checked; one array, so that its tables are shared.
  let made: Float64Array | undefined;
  const frequencies = (): Float64Array => (made ??= rotaryFrequencies(headWidth, config.rope));

  return {
    ...config,
    kind: "decoder",
    family: "llama",

    embed: (c, ids) => site(c, "hook_embed", rowsOf(c, embedding(c), ids), "embedding"),

    block(c, layer, x) {
      const [at, from] = [`blocks.${layer}`, `model.layers.${layer}`];
      return preNormBlock(
        c,
        layer,
        x,
        (stream) =>
          attentionBlock(c, layer, stream, {
            heads,
            keyValueHeads,
            headWidth,
            norm: (input) => norm(c, `${at}.ln1`, `${from}.input_layernorm`, input),
            projections,
            inputs: { q: `${from}.self_attn.q_proj`, k: `${from}.self_attn.k_proj`, v: `${from}.self_attn.v_proj` },
            output: `${from}.self_attn.o_proj`,
            rope: frequencies,
          }),
        (stream) =>
          gatedMlp(c, layer, stream, {
            norm: (input) => norm(c, `${at}.ln2`, `${from}.post_attention_layernorm`, input),
            projections,
            hidden,
            activation: "silu",
            gate: `${from}.mlp.gate_proj`,
            up: `${from}.mlp.up_proj`,
            output: `${from}.mlp.down_proj`,
          }),
      );
    },

    finalNorm: (c, x) => norm(c, "ln_final", "model.norm", x),

    unembedding: (c) => ({
      weight: config.tied ? embedding(c) : parameters.value(c, "lm_head.weight", [vocabulary, width]),
      bias: undefined,
    }),
  };
}

function fromConfig(config: ModelConfig, weights: Weights): Decoder {
  const activation = config.text("hidden_act", "silu");
  if (activation !== "silu")
    throw new GlassboxError("unsupported", `a Llama with the activation ${activation} is unknown`);
  refuseUnmeantBiases(config, "attention_bias", weights.has("model.layers.0.self_attn.q_proj.bias"));
  refuseUnmeantBiases(config, "mlp_bias", weights.has("model.layers.0.mlp.gate_proj.bias"));
  const width = config.number("hidden_size");
  const heads = config.number("num_attention_heads");
  const rope = ropeOfConfig(config);
  return llama(
    {
      layers: config.number("num_hidden_layers"),
      width,
      heads,
      keyValueHeads: config.number("num_key_value_heads", heads),
      headWidth: config.number("head_dim", width / heads),
      hidden: config.number("intermediate_size"),
      vocabulary: config.number("vocab_size"),
      context: scaledContext(config.number("max_position_embeddings", 2048), rope),
      epsilon: config.number("rms_norm_eps", 1e-6),
      rope,
      tied: isTied(config, weights, { embedding: "model.embed_tokens.weight", head: "lm_head.weight" }, false),
    },
    weights,
  );
}

/** Biases are added where the file has them. A config that denies them means a model without. */
function refuseUnmeantBiases(config: ModelConfig, key: string, stored: boolean): void {
  const meant = config.flag(key, stored);
  if (!stored || meant) return;
  throw new GlassboxError("file", `the config says ${key} false, but the weights have such biases`, {
    where: config.origin.file,
  });
}

const perLayer: ReadonlyMap<string, string> = new Map([
  ["input_layernorm", "attn_norm"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"],
  ["post_attention_layernorm", "ffn_norm"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
]);
const factorsName = "rope_freqs.weight";
const outside: ReadonlyMap<string, string> = new Map([
  ["model.embed_tokens.weight", "token_embd.weight"],
  ["model.norm.weight", "output_norm.weight"],
  ["lm_head.weight", "output.weight"],
  [factorsName, factorsName],
]);

function fromMetadata(config: ModelConfig, weights: Weights): Decoder {
  if (config.number("expert_count", 0) > 0)
    throw new GlassboxError("unsupported", "this is a mixture of experts, which cannot be run yet");
  const width = config.number("embedding_length");
  const heads = config.number("attention.head_count");
  const headWidth = config.number("attention.key_length", width / heads);
  for (const key of ["attention.value_length", "rope.dimension_count"]) refuseOtherWidth(config, key, headWidth);
  const factors = weights.has(factorsName) ? toFloat64(weights.get(factorsName, [headWidth / 2]).load()) : undefined;
  const rope = ropeOfMetadata(config, factors);
  return llama(
    {
      layers: config.number("block_count"),
      width,
      heads,
      keyValueHeads: config.number("attention.head_count_kv", heads),
      headWidth,
      hidden: config.number("feed_forward_length"),
      vocabulary: weights.shapeOf("model.embed_tokens.weight")?.[0] ?? config.number("vocab_size"),
      context: scaledContext(config.number("context_length", 2048), rope),
      epsilon: config.number("attention.layer_norm_rms_epsilon", 1e-5),
      rope,
      tied: !weights.has("lm_head.weight"),
    },
    weights,
  );
}

/** Values are as wide as keys, and heads are rotated whole. */
function refuseOtherWidth(config: ModelConfig, key: string, headWidth: number): void {
  const found = config.number(key, headWidth);
  if (found === headWidth) return;
  throw new GlassboxError(
    "unsupported",
    `a Llama whose heads are ${headWidth} wide, but whose ${key} is ${found}, cannot be run yet`,
    { where: config.origin.file },
  );
}

function tensorName(name: string) {
  const simple = outside.get(name);
  if (simple) return { name: simple };
  const [, layer, part, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  const renamed = part === undefined ? undefined : perLayer.get(part);
  if (renamed === undefined) return undefined;
  const heads = renamed === "attn_q" ? "query" : renamed === "attn_k" ? "key" : undefined;
  return { name: `blk.${layer}.${renamed}.${kind}`, heads } as const;
}

/** The family Llama, as Hugging Face and as GGUF files name its parts. */
export const llamaArchitecture: ArchitectureOf<Decoder> = {
  family: "llama",
  kind: "decoder",
  modelTypes: ["llama"],
  fromConfig,
  harmless: [
    // What SmolLM's trainer calls the family.
    { keys: ["is_llama_config"] },
    // What only yarn and longrope read.
    { keys: /^(rope_scaling|rope_parameters)\.original_max_position_embeddings$/ },
  ],
  gguf: {
    types: ["llama"],
    fromMetadata,
    tensorName,
    harmless: [
      // The vocabulary is as large as its embedding.
      { keys: ["llama.vocab_size"] },
      // Said of how the file was made: its rows are permuted either way.
      { keys: ["llama.tensor_data_layout", "llama.rope.scaling.finetuned"] },
      // What only yarn reads.
      { keys: ["llama.rope.scaling.original_context_length"] },
      // What texts are pooled to, for embeddings.
      { keys: ["llama.pooling_type"] },
      { keys: ["llama.rope.scaling.attn_factor", "llama.logit_scale"], when: isNumber(1) },
      { keys: ["llama.expert_used_count", "llama.attention.sliding_window"], when: isNumber(0) },
      { keys: ["llama.attention.causal"], when: (value) => value === true },
    ],
  },
};
