import type { Value } from "../graph/builder.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import type { Architecture, Decoder, Dimensions, ModelConfig } from "./architecture.ts";
import {
  attention,
  headResults,
  linear,
  rmsNorm,
  rotate,
  rowsOf,
  site,
  splitHeads,
  weight,
  type Context,
} from "./layers.ts";
import { rotaryFrequencies, ropeOfConfig, ropeOfGguf, type Rope } from "./rope.ts";
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
  // Made when the first block is, after the config's numbers have been checked; one array, so that its tables are shared.
  let made: Float64Array | undefined;
  const frequencies = (): Float64Array => (made ??= rotaryFrequencies(headWidth, config.rope));

  const project = (c: Context, x: Value, name: string, outputs: number): Value => {
    const bias = weights.has(`${name}.bias`)
      ? weight(c, `${name}.bias`, weights.get(`${name}.bias`, [outputs]))
      : undefined;
    return linear(c, x, weight(c, `${name}.weight`, weights.get(`${name}.weight`, [outputs, x.shape[2]!])), bias, true);
  };
  const norm = (c: Context, at: string, name: string, x: Value): Value =>
    rmsNorm(c, at, x, weight(c, name, weights.get(name, [width])), epsilon);
  const embedding = (c: Context): Value =>
    weight(c, "model.embed_tokens.weight", weights.get("model.embed_tokens.weight", [vocabulary, width]));

  return {
    ...config,
    family: "llama",

    embed: (c, ids) => site(c, "hook_embed", rowsOf(c, embedding(c), ids), "embedding"),

    block(c, layer, x) {
      const { b } = c;
      const [at, from] = [`blocks.${layer}`, `model.layers.${layer}`];
      site(c, `${at}.hook_resid_pre`, x, "residual");

      const h = norm(c, `${at}.ln1`, `${from}.input_layernorm.weight`, x);
      const q = site(
        c,
        `${at}.attn.hook_q`,
        splitHeads(c, project(c, h, `${from}.self_attn.q_proj`, heads * headWidth), heads),
        "head",
      );
      const k = site(
        c,
        `${at}.attn.hook_k`,
        splitHeads(c, project(c, h, `${from}.self_attn.k_proj`, keyValueHeads * headWidth), keyValueHeads),
        "head",
      );
      const v = site(
        c,
        `${at}.attn.hook_v`,
        splitHeads(c, project(c, h, `${from}.self_attn.v_proj`, keyValueHeads * headWidth), keyValueHeads),
        "head",
      );
      const rotatedQ = site(c, `${at}.attn.hook_rot_q`, rotate(c, q, frequencies()), "head");
      const rotatedK = site(c, `${at}.attn.hook_rot_k`, rotate(c, k, frequencies()), "head");
      const z = attention(c, layer, { q: rotatedQ, k: rotatedK, v });
      const joined = b.reshape(z, [z.shape[0]!, z.shape[1]!, heads * headWidth]);
      const attended = site(
        c,
        `${at}.hook_attn_out`,
        project(c, joined, `${from}.self_attn.o_proj`, width),
        "attention",
      );
      headResults(c, layer, z, b.value(`${from}.self_attn.o_proj.weight`), true);
      const middle = site(c, `${at}.hook_resid_mid`, b.add(x, attended), "residual");

      const g = norm(c, `${at}.ln2`, `${from}.post_attention_layernorm.weight`, middle);
      const pre = site(c, `${at}.mlp.hook_pre`, project(c, g, `${from}.mlp.gate_proj`, hidden), "neuron");
      const linearPart = site(c, `${at}.mlp.hook_pre_linear`, project(c, g, `${from}.mlp.up_proj`, hidden), "neuron");
      const silu = b.mul(pre, b.apply("Sigmoid", [pre]));
      const post = site(c, `${at}.mlp.hook_post`, b.mul(silu, linearPart), "neuron");
      const written = site(c, `${at}.hook_mlp_out`, project(c, post, `${from}.mlp.down_proj`, width), "mlp");
      return site(c, `${at}.hook_resid_post`, b.add(middle, written), "residual");
    },

    finalNorm: (c, x) => norm(c, "ln_final", "model.norm.weight", x),

    unembedding: (c) => ({
      weight: config.tied
        ? embedding(c)
        : weight(c, "lm_head.weight", weights.get("lm_head.weight", [vocabulary, width])),
      bias: undefined,
    }),
  };
}

function refuseOthers(activation: string): void {
  if (activation !== "silu")
    throw new GlassboxError("unsupported", `a Llama with the activation ${activation} is unknown`);
}

function fromConfig(config: ModelConfig, weights: Weights): Decoder {
  refuseOthers(config.text("hidden_act", "silu"));
  const width = config.number("hidden_size");
  const heads = config.number("num_attention_heads");
  const vocabulary = config.number("vocab_size");
  return llama(
    {
      layers: config.number("num_hidden_layers"),
      width,
      heads,
      keyValueHeads: config.number("num_key_value_heads", heads),
      headWidth: config.number("head_dim", width / heads),
      hidden: config.number("intermediate_size"),
      vocabulary,
      context: config.number("max_position_embeddings", 2048),
      epsilon: config.number("rms_norm_eps", 1e-6),
      rope: ropeOfConfig(config),
      tied: config.flag("tie_word_embeddings", false) || !weights.has("lm_head.weight"),
    },
    weights,
  );
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

/** The family Llama, as Hugging Face and as GGUF files name its parts. */
export const llamaArchitecture: Architecture = {
  family: "llama",
  modelTypes: ["llama"],
  ggufTypes: ["llama"],
  fromConfig,
  fromGguf(metadata, weights) {
    const number = (key: string, fallback?: number): number => {
      const value = metadata.number(`llama.${key}`) ?? fallback;
      if (value === undefined) throw new GlassboxError("file", `the file's metadata has no llama.${key}`);
      return value;
    };
    if (number("expert_count", 0) > 0)
      throw new GlassboxError("unsupported", "this is a mixture of experts, which cannot be run yet");
    const width = number("embedding_length");
    const heads = number("attention.head_count");
    const headWidth = number("attention.key_length", width / heads);
    return llama(
      {
        layers: number("block_count"),
        width,
        heads,
        keyValueHeads: number("attention.head_count_kv", heads),
        headWidth,
        hidden: number("feed_forward_length"),
        vocabulary: weights.shapeOf("model.embed_tokens.weight")?.[0] ?? number("vocab_size"),
        context: number("context_length", 2048),
        epsilon: number("attention.layer_norm_rms_epsilon", 1e-5),
        rope: ropeOfGguf(
          metadata,
          "llama",
          weights.has(factorsName) ? toFloat64(weights.get(factorsName, [headWidth / 2]).load()) : undefined,
        ),
        tied: !weights.has("lm_head.weight"),
      },
      weights,
    );
  },
  ggufName(name) {
    const simple = outside.get(name);
    if (simple) return { name: simple };
    const [, layer, part, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
    const renamed = part === undefined ? undefined : perLayer.get(part);
    if (renamed === undefined) return undefined;
    return {
      name: `blk.${layer}.${renamed}.${kind}`,
      heads: renamed === "attn_q" ? "query" : renamed === "attn_k" ? "key" : undefined,
    };
  },
};
