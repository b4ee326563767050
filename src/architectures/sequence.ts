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
  /**
   * What attention reads of queries, keys and values [batch, token, head, feature], and how its output comes back.
   * @param window a query sees only keys less than this many positions away; unset: all
   */
  attend(b: Builder, layer: number, parts: AttentionParts, window?: number): AttentionView;
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
  /** 0 where a query may look, −∞ elsewhere: broadcasts to [row, head, query, key]. Undefined where it may look everywhere. */
  readonly bias: Value | undefined;
  /** [row, query, head, feature] as [batch, token, head, feature]. */
  back(z: Value): Value;
}

/** Whole prompts side by side, each token seeing itself and what is before it. */
export function wholePrompts(batch: number, tokens: number): Sequence {
  return {
    batch,
    tokens,
    byPlace: (b, make) => inOrder(b, make(tokens)),
    attend: (b, _layer, parts, window) => ({ ...parts, bias: causalMask(b, tokens, window), back: (z) => z }),
  };
}

/** Whole texts side by side, each token seeing all others of its text, as encoders do. */
export function allTokens(batch: number, tokens: number): Sequence {
  return {
    batch,
    tokens,
    byPlace: (b, make) => inOrder(b, make(tokens)),
    attend: (b, _layer, parts, window) => ({
      ...parts,
      bias: window === undefined ? undefined : mask(b, tokens, `mask of ${window}`, (back) => Math.abs(back) < window),
      back: (z) => z,
    }),
  };
}

const inOrder = (b: Builder, table: Constant): Value => b.reshape(b.constant(table), [1, ...table.shape]);

const causalMask = (b: Builder, tokens: number, window = tokens): Value =>
  mask(b, tokens, window < tokens ? `causal mask of ${window}` : "causal mask", (back) => back >= 0 && back < window);

/** 0 where a key that lies `back` positions before the query is seen, −∞ elsewhere: [1, 1, query, key]. */
function mask(b: Builder, tokens: number, name: string, sees: (back: number) => boolean): Value {
  if (b.has(name)) return b.value(name);
  const data = Float32Array.from({ length: tokens * tokens }, (_, i) =>
    sees(Math.floor(i / tokens) - (i % tokens)) ? 0 : -Infinity,
  );
  return b.tensor(tensor("float32", [1, 1, tokens, tokens], data), name);
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
  /** −∞ at keys that lie `window` positions or more before the query. The cache holds the tokens from position 0 on. */
  const windowMask = (b: Builder, window: number): Value => {
    const positions = indices(b, packedInputs.places, [tokens]);
    const cache = b.tensor(
      tensor(
        "int64",
        [cached],
        BigInt64Array.from({ length: cached }, (_, i) => BigInt(i)),
      ),
    );
    const ofQueries = b.apply("Gather", [positions, indices(b, packedInputs.queries, [rows, queries])], { axis: 0 });
    const ofKeys = b.apply("Gather", [b.concat([cache, positions], 0), indices(b, packedInputs.keys, [rows, keys])], {
      axis: 0,
    });
    const back = b.sub(b.reshape(ofQueries, [rows, 1, queries, 1]), b.reshape(ofKeys, [rows, 1, 1, keys]));
    const far = b.greater(back, b.scalar(window - 1, "int64"));
    return b.where(far, b.scalar(-Infinity), b.scalar(0));
  };
  const bias = (b: Builder, window: number | undefined): Value => {
    const name = packedInputs.bias;
    const given = b.has(name) ? b.value(name) : b.input(name, { dtype: "float32", shape: [rows, 1, queries, keys] });
    return window === undefined ? given : b.add(given, windowMask(b, window));
  };
  return {
    batch: 1,
    tokens,
    byPlace(b, make) {
      const table = b.apply("Gather", [b.constant(make(keys)), indices(b, packedInputs.places, [tokens])], { axis: 0 });
      return b.reshape(table, [1, ...table.shape]);
    },
    attend(b, layer, { q, k, v }, window) {
      const flat = (x: Value): Value => b.reshape(x, x.shape.slice(1));
      const pick = (x: Value, name: string, shape: readonly number[]): Value =>
        b.apply("Gather", [x, indices(b, name, shape)], { axis: 0 });
      const withCache = (name: string, x: Value): Value =>
        b.concat([b.input(name, { dtype: x.dtype, shape: [cached, ...x.shape.slice(2)] }), flat(x)], 0);
      return {
        q: pick(flat(q), packedInputs.queries, [rows, queries]),
        k: pick(withCache(packedInputs.cachedKeys(layer), k), packedInputs.keys, [rows, keys]),
        v: pick(withCache(packedInputs.cachedValues(layer), v), packedInputs.keys, [rows, keys]),
        bias: bias(b, window),
        back: (z) =>
          b.reshape(pick(b.reshape(z, [rows * queries, ...z.shape.slice(2)]), packedInputs.back, [tokens]), q.shape),
      };
    },
  };
}
