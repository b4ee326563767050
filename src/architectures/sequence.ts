import type { Builder, Value } from "../graph/builder.ts";
import type { Constant } from "../graph/graph.ts";
import { tensor } from "../tensor/tensor.ts";

/**
 * How the tokens of a graph stand to each other. Every activation is [batch, token, …]; what attention
 * sees is the sequence's business, so that an architecture's equations are written once for whole
 * prompts, for cached generation and for sweeps.
 */
export interface Sequence {
  readonly batch: number;
  readonly tokens: number;
  /** The rows of a table [place, …] for each token: [1 or batch, token, …]. `make` gives the first `length` rows. */
  byPlace(b: Builder, make: (length: number) => Constant): Value;
  /** What attention reads of queries, keys and values [batch, token, head, feature], and how its output comes back. */
  attend(b: Builder, layer: number, parts: AttentionParts): AttentionView;
}

export interface AttentionParts {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
}

export interface AttentionView {
  /** [row, query, head, feature] */
  readonly q: Value;
  /** [row, key, head, feature] */
  readonly k: Value;
  readonly v: Value;
  /** 0 where a query may look, −∞ elsewhere: broadcasts to [row, head, query, key]. */
  readonly bias: Value;
  /** [row, query, head, feature] as [batch, token, head, feature]. */
  back(z: Value): Value;
}

/** Whole prompts side by side, each token seeing itself and what is before it. */
export function wholePrompts(batch: number, tokens: number): Sequence {
  const allowed = Float32Array.from({ length: tokens * tokens }, (_, i) =>
    i % tokens <= Math.floor(i / tokens) ? 0 : -Infinity,
  );
  const bias = tensor("float32", [1, 1, tokens, tokens], allowed);
  return {
    batch,
    tokens,
    byPlace(b, make) {
      const table = make(tokens);
      return b.reshape(b.constant(table), [1, ...table.shape]);
    },
    attend: (b, _layer, parts) => ({
      ...parts,
      bias: b.has("causal mask") ? b.value("causal mask") : b.tensor(bias, "causal mask"),
      back: (z) => z,
    }),
  };
}

/** Extents of a packed sequence; see `packedTokens`. */
export interface Packing {
  /** Tokens that are computed, of all rows together. */
  readonly tokens: number;
  readonly rows: number;
  /** Queries a row at most. */
  readonly queries: number;
  /** Keys a row at most. */
  readonly keys: number;
  /** Places of the cache that rows share. */
  readonly cached: number;
}

export const packedInputs = {
  places: "places",
  queries: "query tokens",
  keys: "key tokens",
  bias: "attention bias",
  back: "token queries",
  cachedKeys: (layer: number) => `blocks.${layer}.attn.cached_k`,
  cachedValues: (layer: number) => `blocks.${layer}.attn.cached_v`,
} as const;

/**
 * Tokens of several rows packed one after another, [1, token, …], over a cache of keys and values that
 * all rows share: in a causal model a changed token concerns only those after it, so a sweep computes
 * these and no others, and generation computes one token at a time. All indices are inputs: `places`
 * [token]; `query tokens` [row, query] into the tokens; `key tokens` [row, key] into the cache followed
 * by the tokens; `token queries` [token] into rows × queries; `attention bias` [row, 1, query, key].
 */
export function packedTokens({ tokens, rows, queries, keys, cached }: Packing): Sequence {
  const indices = (b: Builder, name: string, shape: readonly number[]): Value =>
    b.has(name) ? b.value(name) : b.input(name, { dtype: "int64", shape });
  return {
    batch: 1,
    tokens,
    byPlace(b, make) {
      const table = b.apply("Gather", [b.constant(make(keys)), indices(b, packedInputs.places, [tokens])], { axis: 0 });
      return b.reshape(table, [1, ...table.shape]);
    },
    attend(b, layer, { q, k, v }) {
      const flat = (x: Value): Value => b.reshape(x, x.shape.slice(1));
      const pick = (x: Value, name: string, shape: readonly number[]): Value =>
        b.apply("Gather", [x, indices(b, name, shape)], { axis: 0 });
      const withCache = (name: string, x: Value): Value =>
        b.concat([b.input(name, { dtype: x.dtype, shape: [cached, ...x.shape.slice(2)] }), flat(x)], 0);
      const bias = packedInputs.bias;
      return {
        q: pick(flat(q), packedInputs.queries, [rows, queries]),
        k: pick(withCache(packedInputs.cachedKeys(layer), k), packedInputs.keys, [rows, keys]),
        v: pick(withCache(packedInputs.cachedValues(layer), v), packedInputs.keys, [rows, keys]),
        bias: b.has(bias) ? b.value(bias) : b.input(bias, { dtype: "float32", shape: [rows, 1, queries, keys] }),
        back: (z) =>
          b.reshape(pick(b.reshape(z, [rows * queries, ...z.shape.slice(2)]), packedInputs.back, [tokens]), q.shape),
      };
    },
  };
}
