import type { Value } from "../../../graph/builder.ts";
import { formatShape, sizeOf } from "../../../tensor/shape.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import { LayerCall, type Law } from "./layer-call.ts";
import type { LayerTensor } from "./layer-tensor.ts";

/** What scores lose where attention is not allowed: Keras's value. */
const forbidden = -1e9;

const flag = (c: LayerCall, name: string): boolean => {
  const given = c.kwargs.get(name);
  return given !== undefined && "constant" in given && given.constant === true;
};

/** Row t sees columns up to t; with a window, only the `window` before it. */
function causal(c: LayerCall, queries: number, keys: number): Value {
  const bits = Float64Array.from({ length: queries * keys }, (_, i) => (i % keys <= Math.floor(i / keys) ? 1 : 0));
  return c.b.tensor(fromFloat64("bool", [1, queries, keys], bits));
}

const both = (c: LayerCall, masks: readonly (Value | undefined)[]): Value | undefined =>
  masks.reduce((x, y) => (x && y ? c.apply("And", [x, y]) : (x ?? y)), undefined);

const masked = (c: LayerCall, scores: Value, allowed: Value | undefined): Value =>
  allowed ? c.b.where(allowed, scores, c.b.scalar(forbidden, scores.dtype)) : scores;

const swapped = (c: LayerCall, x: Value): Value => {
  const rank = x.shape.length;
  return c.b.transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
};

type Scores = (c: LayerCall, query: Value, key: Value) => Value;

/** q·kᵀ, perhaps scaled (Luong 2015); or Σ tanh(scale·(q + k)) times a weight. */
const dotScores: Scores = (c, query, key) => {
  const scale = c.config.flag("use_scale", false) ? c.weight("scale", []) : undefined;
  if (c.config.text("score_mode", "dot") === "dot") {
    const product = c.b.matmul(query, swapped(c, key));
    return scale ? c.b.mul(product, scale) : product;
  }
  const sum = pairwise(c, query, key);
  return c.b.mul(
    c.weight("concat_score_weight", []),
    c.b.sum(c.apply("Tanh", [scale ? c.b.mul(sum, scale) : sum]), [3]),
  );
};

/** Σ scale ⊙ tanh(q + k) (Bahdanau 2014). */
const additiveScores: Scores = (c, query, key) => {
  const bent = c.apply("Tanh", [pairwise(c, query, key)]);
  return c.b.sum(
    c.config.flag("use_scale", true) ? c.b.mul(bent, c.weight("scale", [query.shape.at(-1)!])) : bent,
    [3],
  );
};

/** q + k for each pair, [batch, query, key, features]. */
function pairwise(c: LayerCall, query: Value, key: Value): Value {
  const [batch, queries, features] = query.shape;
  return c.b.add(
    c.b.reshape(query, [batch!, queries!, 1, features!]),
    c.b.reshape(key, [batch!, 1, key.shape[1]!, features!]),
  );
}

/** Called with [query, value] or [query, value, key]; the output mixes values by a softmax of scores. */
const attention =
  (scoresOf: Scores): Law =>
  (c) => {
    const [q, v, k = v] = c.inputs;
    if (!q || !v || !k) return c.refuse("it needs a query and a value");
    const [query, value, key] = [c.inOrder(q), c.inOrder(v), c.inOrder(k)];
    if (query.shape.length !== 3 || key.shape.length !== 3)
      c.refuse(`its inputs ${formatShape(query.shape)} and ${formatShape(key.shape)} have not three axes`);
    const scores = scoresOf(c, query, key);
    const isCausal = flag(c, "use_causal_mask") || c.config.flag("causal", false);
    const allowed = both(c, [
      v.mask && c.b.reshape(v.mask, [v.mask.shape[0]!, 1, v.mask.shape[1]!]),
      isCausal ? causal(c, query.shape[1]!, key.shape[1]!) : undefined,
    ]);
    const pattern = c.apply("Softmax", [masked(c, scores, allowed)], { axis: -1 });
    const mixed = c.b.matmul(pattern, value);
    const output = q.mask ? c.b.mul(mixed, c.b.mask(c.b.reshape(q.mask, [...q.mask.shape, 1]), mixed.dtype)) : mixed;
    const result = c.keras(output, q.mask);
    return flag(c, "return_attention_scores") ? [result, c.keras(pattern)] : result;
  };

/** x·W + b to [batch, token, heads, size] by one of the layer's products, whose kernel is [features, heads, size]. */
function projected(c: LayerCall, attribute: string, x: Value): Value {
  const found = c.layer.inner.find(([name]) => name === attribute) ?? c.refuse(`it has no ${attribute}`);
  const inner = new LayerCall(c.surroundings, found[1], []);
  const [features, heads, size] = inner.weightShape("kernel");
  if (size === undefined || features !== x.shape.at(-1))
    inner.refuse(`its kernel does not fit ${formatShape(x.shape)}`);
  const flat = c.b.matmul(x, inner.arranged("kernel", [0, 1, 2], [features!, heads! * size!]));
  const biased = inner.has("bias") ? c.b.add(flat, inner.arranged("bias", [0, 1], [heads! * size!])) : flat;
  return c.b.reshape(biased, [...x.shape.slice(0, -1), heads!, size!]);
}

/** The heads' outputs side by side times the last kernel, [heads, size, features…]. */
function combined(c: LayerCall, heads: Value): Value {
  const found = c.layer.inner.find(([name]) => name === "output_dense") ?? c.refuse("it has no output_dense");
  const inner = new LayerCall(c.surroundings, found[1], []);
  const [count, size, ...features] = inner.weightShape("kernel");
  const rows = count! * size!;
  const [batch, tokens] = heads.shape as readonly [number, number];
  const flat = c.b.matmul(
    c.b.reshape(heads, [batch, tokens, sizeOf(heads.shape.slice(2))]),
    inner.arranged("kernel", [0, 1, ...features.map((_, i) => i + 2)], [rows, sizeOf(features)]),
  );
  const shape = [batch, tokens, ...features];
  return inner.has("bias")
    ? c.b.add(c.b.reshape(flat, shape), inner.weight("bias", features))
    : c.b.reshape(flat, shape);
}

/** Queries and keys of each head, softmax of q·kᵀ/√size, values mixed, heads joined (Vaswani et al. 2017). */
const multiHead: Law = (c) => {
  const named = (name: string, place: number): LayerTensor | undefined =>
    c.given(name, place) ?? (c.args.length === 1 ? c.inputs[place] : undefined);
  const q = named("query", 0) ?? c.refuse("it is called without a query");
  const v = named("value", 1) ?? c.refuse("it is called without a value");
  const k = named("key", 2) ?? v;
  const [query, value, key] = [c.inOrder(q), c.inOrder(v), c.inOrder(k)];
  if (
    query.shape.length !== 3 ||
    (c.config.has("attention_axes") && (c.config.integers("attention_axes") ?? [1]).join() !== "1")
  )
    c.refuse(
      `it attends over other axes than the second of [batch, token, features]; its query is ${formatShape(query.shape)}`,
    );
  if (c.config.has("sliding_window")) c.refuse("it attends within a window, which is not supported");
  const heads = projected(c, "query_dense", query);
  const keys = repeatedHeads(c, projected(c, "key_dense", key), heads.shape[2]!);
  const values = repeatedHeads(c, projected(c, "value_dense", value), heads.shape[2]!);
  const byHead = (x: Value): Value => c.b.transpose(x, [0, 2, 1, 3]);
  const scaled = c.b.scale(byHead(heads), 1 / Math.sqrt(heads.shape[3]!));
  const scores = c.b.matmul(scaled, swapped(c, byHead(keys)));
  const pattern = c.apply("Softmax", [masked(c, scores, allowedBy(c, q, v, k, query.shape[1]!, key.shape[1]!))], {
    axis: -1,
  });
  const mixed = c.b.transpose(c.b.matmul(pattern, byHead(values)), [0, 2, 1, 3]);
  const gated = c.layer.inner.some(([name]) => name === "gate_dense")
    ? c.b.mul(mixed, c.apply("Sigmoid", [projected(c, "gate_dense", query)]))
    : mixed;
  const output = c.keras(combined(c, gated), q.mask);
  return flag(c, "return_attention_scores") ? [output, c.keras(pattern)] : output;
};

/** Where a query may look: [batch or 1, 1, query, key], or nothing if everywhere. */
function allowedBy(
  c: LayerCall,
  q: LayerTensor,
  v: LayerTensor,
  k: LayerTensor,
  queries: number,
  keys: number,
): Value | undefined {
  const rows = (mask: Value | undefined): Value | undefined =>
    mask && c.b.reshape(mask, [mask.shape[0]!, mask.shape[1]!, 1]);
  const columns = (mask: Value | undefined): Value | undefined =>
    mask && c.b.reshape(mask, [mask.shape[0]!, 1, mask.shape[1]!]);
  const given = c.given("attention_mask", 3);
  const own = given && c.b.cast(c.inOrder(given), "bool");
  const allowed = both(c, [
    rows(q.mask),
    columns(v.mask),
    k === v ? undefined : columns(k.mask),
    flag(c, "use_causal_mask") ? causal(c, queries, keys) : undefined,
    own && (own.shape.length === 4 ? c.refuse("its attention mask has an axis of heads, which is not supported") : own),
  ]);
  if (allowed === undefined) return undefined;
  const [batch, ...rest] = allowed.shape.length === 2 ? [1, ...allowed.shape] : allowed.shape;
  return c.b.reshape(allowed, [batch!, 1, ...rest]);
}

/** Grouped queries share keys and values: each of fewer heads stands for several neighbours (Ainslie et al. 2023). */
function repeatedHeads(c: LayerCall, x: Value, heads: number): Value {
  const [batch, tokens, count, size] = x.shape as readonly [number, number, number, number];
  if (count === heads) return x;
  if (heads % count !== 0) c.refuse(`${heads} heads of queries do not share ${count} of keys`);
  const spread = c.b.expand(c.b.reshape(x, [batch, tokens, count, 1, size]), [
    batch,
    tokens,
    count,
    heads / count,
    size,
  ]);
  return c.b.reshape(spread, [batch, tokens, heads, size]);
}

export const attentions: Readonly<Record<string, Law>> = {
  Attention: attention(dotScores),
  AdditiveAttention: attention(additiveScores),
  MultiHeadAttention: multiHead,
  GroupedQueryAttention: multiHead,
  GroupQueryAttention: multiHead,
};
