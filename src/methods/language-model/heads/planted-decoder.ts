import type { Decoder } from "../../../architectures/decoder.ts";
import { attentionBlock } from "../../../architectures/layers/attention-block.ts";
import { site, type Context } from "../../../architectures/layers/context.ts";
import { rowsOf, type Parameters } from "../../../architectures/layers/parameters.ts";
import { projectionsOf } from "../../../architectures/layers/projection.ts";
import type { Value } from "../../../graph/builder.ts";
import { sizeOf, type Shape } from "../../../tensor/shape.ts";
import { float32 } from "../../../tensor/tensor.ts";

const [vocabulary, context] = [60, 64];
const width = 2 * vocabulary + context;
const headWidth = context;
/** The score of a match: the rest of a row then has a weight of e⁻²⁰ each. */
const sharpness = 20;

/** Where the residual stream keeps what: one-hot tokens, one-hot positions, one-hot previous tokens. */
const token = (id: number): number => id;
const position = (index: number): number => vocabulary + index;
const previous = (id: number): number => vocabulary + context + id;

/** The distance that the planted decoy looks back, whatever the tokens are. */
export const decoyLag = 11;

/**
 * A transformer whose weights are written by hand, so that its circuit is known: head 0.0 copies the previous token,
 * head 0.1 looks back over a fixed distance and writes nothing, head 1.0 is an induction head that reads what 0.0 wrote
 * (K-composition), and head 1.1 does nothing. There are neither norms nor MLPs.
 */
export function plantedDecoder(): Decoder {
  const written = plantedWeights();
  const parameters: Parameters = {
    has: (name) => written.has(name),
    value: ({ b }, name, shape) => (b.has(name) ? b.value(name) : b.tensor(float32(shape, written.get(name)!), name)),
  };
  const projections = projectionsOf(parameters, { orientation: "out-in", bias: "never" });
  return {
    kind: "decoder",
    family: "planted",
    layers: 2,
    heads: 2,
    keyValueHeads: 2,
    headWidth,
    width,
    hidden: 0,
    vocabulary,
    context,
    embed(c, ids) {
      const tokens = site(
        c,
        "hook_embed",
        rowsOf(c, parameters.value(c, "embed", [vocabulary, width]), ids),
        "embedding",
      );
      const places = c.sequence.byPlace(c.b, (length) => {
        const rows = float32([length, width], written.get("positions")!.slice(0, length * width));
        return { dtype: rows.dtype, shape: rows.shape, load: () => rows };
      });
      return c.b.add(tokens, site(c, "hook_pos_embed", c.b.expand(places, tokens.shape), "embedding"));
    },
    block(c, layer, x) {
      const at = `blocks.${layer}`;
      site(c, `${at}.hook_resid_pre`, x, "residual");
      const attended = attentionBlock(c, layer, x, {
        heads: 2,
        keyValueHeads: 2,
        headWidth,
        projections,
        inputs: { q: `${layer}.q`, k: `${layer}.k`, v: `${layer}.v` },
        output: `${layer}.o`,
      });
      return site(c, `${at}.hook_resid_post`, c.b.add(x, attended), "residual");
    },
    finalNorm: (_c: Context, x: Value) => x,
    unembedding: (c) => ({ weight: parameters.value(c, "unembed", [vocabulary, width]), bias: undefined }),
  };
}

function plantedWeights(): ReadonlyMap<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  const matrix = (
    name: string,
    shape: Shape,
    entries: readonly (readonly [row: number, column: number, value: number])[],
  ) => {
    const data = new Float32Array(sizeOf(shape));
    for (const [row, column, value] of entries) data[row * shape[1]! + column] = value;
    weights.set(name, data);
  };
  const tokens = Array.from({ length: vocabulary }, (_, id) => id);
  const places = Array.from({ length: context }, (_, index) => index);
  const inward: Shape = [2 * headWidth, width];
  const score = sharpness * Math.sqrt(headWidth);
  matrix(
    "embed",
    [vocabulary, width],
    tokens.map((id) => [id, token(id), 1]),
  );
  matrix(
    "positions",
    [context, width],
    places.map((index) => [index, position(index), 1]),
  );
  const back = (head: number, lag: number) =>
    places.slice(0, context - lag).map((index) => [head * headWidth + index + lag, position(index), 1] as const);
  matrix(
    "0.q.weight",
    inward,
    [0, 1].flatMap((head) => places.map((i) => [head * headWidth + i, position(i), score] as const)),
  );
  matrix("0.k.weight", inward, [...back(0, 1), ...back(1, decoyLag)]);
  matrix(
    "0.v.weight",
    inward,
    tokens.map((id) => [id, token(id), 1]),
  );
  matrix(
    "0.o.weight",
    [width, 2 * headWidth],
    tokens.map((id) => [previous(id), id, 1]),
  );
  matrix(
    "1.q.weight",
    inward,
    tokens.map((id) => [id, token(id), score]),
  );
  matrix(
    "1.k.weight",
    inward,
    tokens.map((id) => [id, previous(id), 1]),
  );
  matrix(
    "1.v.weight",
    inward,
    tokens.map((id) => [id, token(id), 1]),
  );
  matrix(
    "1.o.weight",
    [width, 2 * headWidth],
    tokens.map((id) => [token(id), id, 4]),
  );
  matrix(
    "unembed",
    [vocabulary, width],
    tokens.map((id) => [id, token(id), 1]),
  );
  return weights;
}
