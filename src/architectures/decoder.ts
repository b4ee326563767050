import { Builder, type Value } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import type { Context } from "./layers/context.ts";
import type { Sequence } from "./sequence.ts";

/** What every transformer of tokens has, in one vocabulary. */
export interface Dimensions {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Longest prompt that the model was made for. */
  readonly context: number;
}

/** The dimensions alone, without the model that has them. */
export const dimensionsOf = ({
  layers,
  width,
  heads,
  keyValueHeads,
  headWidth,
  hidden,
  vocabulary,
  context,
}: Dimensions): Dimensions => ({ layers, width, heads, keyValueHeads, headWidth, hidden, vocabulary, context });

/**
 * A language model that sees what comes before each token, in parts, so that a program may hold any of them: token ids to the
 * first residual stream, one block from `resid_pre` to `resid_post`, and the residual stream to logits.
 */
export interface Decoder extends Dimensions {
  readonly kind: "decoder";
  readonly family: string;
  embed(c: Context, ids: Value): Value;
  block(c: Context, layer: number, x: Value): Value;
  /** The final norm: what the unembedding reads. */
  finalNorm(c: Context, x: Value): Value;
  /** [vocabulary, width]: logit_t = normalized · W_U[t] + bias[t]. */
  unembedding(c: Context): { readonly weight: Value; readonly bias: Value | undefined };
}

export const tokensInput = "tokens";
export const logitsOutput = "logits";

/** The whole decoder as one graph: `tokens` [batch, token] to `logits` [batch, token, vocabulary], with all its sites. */
export function decoderGraph(decoder: Decoder, sequence: Sequence): Graph {
  const b = new Builder(coreOperators);
  const c: Context = { b, sequence };
  let x = decoder.embed(c, b.input(tokensInput, { dtype: "int64", shape: [sequence.batch, sequence.tokens] }));
  for (let layer = 0; layer < decoder.layers; layer++) x = decoder.block(c, layer, x);
  const normalized = decoder.finalNorm(c, x);
  return b.finish([unembed(c, decoder, normalized)]);
}

/** logits = normalized · W_Uᵀ + b_U. */
export function unembed({ b, sequence }: Context, decoder: Decoder, normalized: Value): Value {
  const { weight, bias } = decoder.unembedding({ b, sequence });
  const flat = b.reshape(normalized, [sequence.batch * sequence.tokens, decoder.width]);
  const logits = b.apply("Gemm", [flat, weight, ...(bias ? [bias] : [])], { transB: true });
  return b.apply(
    "Reshape",
    [logits],
    { shape: [sequence.batch, sequence.tokens, decoder.vocabulary] },
    { names: [logitsOutput] },
  );
}
