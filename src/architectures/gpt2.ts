import type { Value } from "../graph/builder.ts";
import type { Constant } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { castTensor } from "../tensor/tensor.ts";
import { takeRows } from "../tensor/rows.ts";
import type { Architecture, Decoder, Dimensions } from "./architecture.ts";
import { attention, headResults, layerNorm, linear, rowsOf, site, splitHeads, weight, type Context } from "./layers.ts";
import type { Weights } from "./weights.ts";

interface Gpt2Config extends Dimensions {
  readonly epsilon: number;
  readonly activation: string;
  readonly tied: boolean;
}

/**
 * GPT-2 (Radford et al. 2019), learned positions and norms before each part:
 *   h = x + W_O·attention(LN(x)),   y = h + W_out·gelu(W_in·LN(h)).
 * Its matrices are [in, out], the other way round than everyone's; `c_attn` is q, k and v side by side.
 */
function gpt2(config: Gpt2Config, weights: Weights): Decoder {
  const { width, heads, hidden, vocabulary, epsilon } = config;
  // The first files have no `transformer.` before the names.
  const prefix = weights.has("transformer.wte.weight") ? "transformer." : "";
  const given = (c: Context, name: string, shape: readonly number[]): Value =>
    weight(c, name, weights.get(`${prefix}${name}`, shape));
  const project = (c: Context, x: Value, name: string, outputs: number): Value =>
    linear(c, x, given(c, `${name}.weight`, [x.shape[2]!, outputs]), given(c, `${name}.bias`, [outputs]), false);
  const norm = (c: Context, at: string, name: string, x: Value): Value =>
    layerNorm(c, at, x, given(c, `${name}.weight`, [width]), given(c, `${name}.bias`, [width]), epsilon);
  const embedding = (c: Context): Value => given(c, "wte.weight", [vocabulary, width]);
  const places = (length: number): Constant =>
    firstRows(weights.single(`${prefix}wpe.weight`, [config.context, width]), length);

  return {
    ...config,
    family: "gpt2",

    embed(c, ids) {
      const words = site(c, "hook_embed", rowsOf(c, embedding(c), ids), "embedding");
      const positions = site(
        c,
        "hook_pos_embed",
        c.b.expand(c.sequence.byPlace(c.b, places), words.shape),
        "embedding",
      );
      return c.b.add(words, positions);
    },

    block(c, layer, x) {
      const { b } = c;
      const [at, from] = [`blocks.${layer}`, `h.${layer}`];
      site(c, `${at}.hook_resid_pre`, x, "residual");

      const qkv = project(c, norm(c, `${at}.ln1`, `${from}.ln_1`, x), `${from}.attn.c_attn`, 3 * width);
      const [q, k, v] = ["q", "k", "v"].map((part, i) =>
        site(
          c,
          `${at}.attn.hook_${part}`,
          splitHeads(c, b.slice(qkv, [2], [i * width], [(i + 1) * width]), heads),
          "head",
        ),
      ) as [Value, Value, Value];
      const z = attention(c, layer, { q, k, v });
      const attended = site(
        c,
        `${at}.hook_attn_out`,
        project(c, b.reshape(z, x.shape), `${from}.attn.c_proj`, width),
        "attention",
      );
      headResults(c, layer, z, b.value(`${from}.attn.c_proj.weight`), false);
      const middle = site(c, `${at}.hook_resid_mid`, b.add(x, attended), "residual");

      const pre = site(
        c,
        `${at}.mlp.hook_pre`,
        project(c, norm(c, `${at}.ln2`, `${from}.ln_2`, middle), `${from}.mlp.c_fc`, hidden),
        "neuron",
      );
      const post = site(c, `${at}.mlp.hook_post`, activate(c, config.activation, pre), "neuron");
      const written = site(c, `${at}.hook_mlp_out`, project(c, post, `${from}.mlp.c_proj`, width), "mlp");
      return site(c, `${at}.hook_resid_post`, b.add(middle, written), "residual");
    },

    finalNorm: (c, x) => norm(c, "ln_final", "ln_f", x),

    unembedding: (c) => ({
      weight: config.tied
        ? embedding(c)
        : weight(c, "lm_head.weight", weights.get("lm_head.weight", [vocabulary, width])),
      bias: undefined,
    }),
  };
}

/** `gelu_new` is the tanh approximation (Hendrycks, Gimpel 2016), `gelu` the exact one. */
function activate({ b }: Context, name: string, x: Value): Value {
  switch (name) {
    case "gelu_new":
    case "gelu_pytorch_tanh":
      return b.apply("Gelu", [x], { approximate: "tanh" });
    case "gelu":
      return b.apply("Gelu", [x], { approximate: "none" });
    case "relu":
      return b.apply("Relu", [x]);
    default:
      throw new GlassboxError("unsupported", `a GPT-2 with the activation ${name} is unknown`);
  }
}

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

/** The family GPT-2. */
export const gpt2Architecture: Architecture = {
  family: "gpt2",
  modelTypes: ["gpt2"],
  ggufTypes: [],
  fromConfig(config, weights) {
    if (!config.flag("scale_attn_weights", true) || config.flag("scale_attn_by_inverse_layer_idx", false)) {
      throw new GlassboxError("unsupported", "a GPT-2 whose attention is scaled in another way cannot be run yet");
    }
    const width = config.number("n_embd");
    const heads = config.number("n_head");
    return gpt2(
      {
        layers: config.number("n_layer"),
        width,
        heads,
        keyValueHeads: heads,
        headWidth: width / heads,
        hidden: config.number("n_inner", 4 * width),
        vocabulary: config.number("vocab_size"),
        context: config.number("n_positions", 1024),
        epsilon: config.number("layer_norm_epsilon", 1e-5),
        activation: config.text("activation_function", "gelu_new"),
        tied: config.flag("tie_word_embeddings", true) || !weights.has("lm_head.weight"),
      },
      weights,
    );
  },
};
