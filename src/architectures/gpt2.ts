import type { Value } from "../graph/builder.ts";
import type { Constant } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { castTensor } from "../tensor/tensor.ts";
import { takeRows } from "../tensor/rows.ts";
import type { ArchitectureOf } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import type { Decoder, Dimensions } from "./decoder.ts";
import { isTied } from "./head.ts";
import type { ActivationName } from "./layers/activation.ts";
import { attentionBlock } from "./layers/attention-block.ts";
import { site, type Context } from "./layers/context.ts";
import { mlp } from "./layers/mlp.ts";
import { layerNorms } from "./layers/norm.ts";
import { parametersOf, rowsOf } from "./layers/parameters.ts";
import { preNormBlock } from "./layers/pre-norm-block.ts";
import { projectionsOf } from "./layers/projection.ts";
import type { Weights } from "./weights.ts";

interface Gpt2Config extends Dimensions {
  readonly epsilon: number;
  readonly activation: ActivationName;
  readonly tied: boolean;
}

/**
 * GPT-2 (Radford et al. 2019), learned positions and norms before each part:
 *   h = x + W_O·attention(LN(x)),   y = h + W_out·gelu(W_in·LN(h)).
 * Its matrices are [in, out], transposed with respect to most families; `c_attn` is q, k and v side by side.
 */
function gpt2(config: Gpt2Config, weights: Weights): Decoder {
  const { width, heads, keyValueHeads, headWidth, hidden, vocabulary, epsilon, activation } = config;
  const prefix = prefixOf(weights);
  const parameters = parametersOf(weights, prefix);
  const projections = projectionsOf(parameters, { orientation: "in-out", bias: "always" });
  const norm = layerNorms(parameters, epsilon);
  const embedding = (c: Context): Value => parameters.value(c, "wte.weight", [vocabulary, width]);
  const positions = (length: number): Constant =>
    firstRows(weights.single(`${prefix}wpe.weight`, [config.context, width]), length);

  return {
    ...config,
    kind: "decoder",
    family: "gpt2",

    embed(c, ids) {
      const tokens = site(c, "hook_embed", rowsOf(c, embedding(c), ids), "embedding");
      const learned = c.b.expand(c.sequence.byPlace(c.b, positions), tokens.shape);
      return c.b.add(tokens, site(c, "hook_pos_embed", learned, "embedding"));
    },

    block(c, layer, x) {
      const [at, from] = [`blocks.${layer}`, `h.${layer}`];
      return preNormBlock(
        c,
        layer,
        x,
        (stream) =>
          attentionBlock(c, layer, stream, {
            heads,
            keyValueHeads,
            headWidth,
            norm: (input) => norm(c, `${at}.ln1`, `${from}.ln_1`, input),
            projections,
            inputs: { fused: `${from}.attn.c_attn` },
            output: `${from}.attn.c_proj`,
          }),
        (stream) =>
          mlp(c, layer, stream, {
            norm: (input) => norm(c, `${at}.ln2`, `${from}.ln_2`, input),
            projections,
            hidden,
            activation,
            input: `${from}.mlp.c_fc`,
            output: `${from}.mlp.c_proj`,
          }),
      );
    },

    finalNorm: (c, x) => norm(c, "ln_final", "ln_f", x),

    unembedding: (c) => ({
      weight: config.tied ? embedding(c) : parametersOf(weights).value(c, "lm_head.weight", [vocabulary, width]),
      bias: undefined,
    }),
  };
}

/** The first files have no `transformer.` before the names. */
const prefixOf = (weights: Weights): string => (weights.has("transformer.wte.weight") ? "transformer." : "");

function firstRows(table: Constant, length: number): Constant {
  const most = table.shape[0]!;
  if (length > most)
    throw new GlassboxError("input", `the prompt has ${length} tokens; the model has places for ${most}`);
  if (length === most) return table;
  return {
    dtype: table.dtype,
    shape: [length, ...table.shape.slice(1)],
    load: () => takeRows(castTensor(table.load(), table.dtype), 0, length),
    identity: table.identity && `${table.identity} rows ${length}`,
  };
}

const isKnown = (activation: string): activation is ActivationName =>
  ["gelu_new", "gelu_pytorch_tanh", "gelu", "relu"].includes(activation);

function activationOf(config: ModelConfig): ActivationName {
  const activation = config.text("activation_function", "gelu_new");
  if (isKnown(activation)) return activation;
  throw new GlassboxError("unsupported", `a GPT-2 with the activation ${activation} is unknown`);
}

/** Transformers accepts its common name for GPT-2's own; where a config has both, they have to agree. */
function either(config: ModelConfig, own: string, common: string, fallback?: number): number {
  const value = config.number(own, config.has(common) ? config.number(common) : fallback);
  if (config.number(common, value) === value) return value;
  throw new GlassboxError("file", `the config says ${own} ${value}, but ${common} ${config.number(common)}`, {
    where: config.origin.file,
  });
}

/** The family GPT-2. */
export const gpt2Architecture: ArchitectureOf<Decoder> = {
  family: "gpt2",
  kind: "decoder",
  modelTypes: ["gpt2"],
  fromConfig(config, weights) {
    if (!config.flag("scale_attn_weights", true) || config.flag("scale_attn_by_inverse_layer_idx", false)) {
      throw new GlassboxError("unsupported", "a GPT-2 whose attention is scaled in another way cannot be run yet");
    }
    const width = either(config, "n_embd", "hidden_size");
    const heads = either(config, "n_head", "num_attention_heads");
    return gpt2(
      {
        layers: either(config, "n_layer", "num_hidden_layers"),
        width,
        heads,
        keyValueHeads: heads,
        headWidth: width / heads,
        hidden: config.number("n_inner", 4 * width),
        vocabulary: config.number("vocab_size"),
        context: either(config, "n_positions", "max_position_embeddings", config.number("n_ctx", 1024)),
        epsilon: config.number("layer_norm_epsilon", 1e-5),
        activation: activationOf(config),
        tied: isTied(config, weights, { embedding: `${prefixOf(weights)}wte.weight`, head: "lm_head.weight" }, true),
      },
      weights,
    );
  },
  harmless: [
    // GPT2DoubleHeadsModel's second head.
    { keys: /^summary_(type|use_proj|activation|proj_to_labels)$/ },
    // What versions 1 and 2 of transformers wrote: special tokens that were added, and whether keys and values are kept.
    { keys: ["n_special", "predict_special_tokens", "output_past"] },
    // The same scores in another order of operations.
    { keys: ["reorder_and_upcast_attn"] },
  ],
};
