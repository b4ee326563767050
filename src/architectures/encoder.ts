import { Builder, type Value } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { tokensInput, type Dimensions } from "./decoder.ts";
import type { Context } from "./layers/context.ts";
import type { Sequence } from "./sequence.ts";

/** A model of text in which every token sees every other: token ids to residual streams, block by block, and to what it answers. */
export interface Encoder extends Dimensions {
  readonly kind: "encoder";
  readonly family: string;
  embed(c: Context, ids: Value): Value;
  block(c: Context, layer: number, x: Value): Value;
  /** What the checkpoint answers: the final norm and whichever head it has. [batch, token, feature] or [batch, class]. */
  answer(c: Context, x: Value): Value;
}

/** The whole encoder as one graph, `tokens` [batch, token] to its answer. @param sequence `allTokens`, as encoders are trained */
export function encoderGraph(encoder: Encoder, sequence: Sequence): Graph {
  const b = new Builder(coreOperators);
  const c: Context = { b, sequence };
  let x = encoder.embed(c, b.input(tokensInput, { dtype: "int64", shape: [sequence.batch, sequence.tokens] }));
  for (let layer = 0; layer < encoder.layers; layer++) x = encoder.block(c, layer, x);
  return b.finish([encoder.answer(c, x)]);
}
