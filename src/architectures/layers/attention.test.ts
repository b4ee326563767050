import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type Value } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64, type Tensor } from "../../tensor/tensor.ts";
import { allTokens, packedInputs, packedTokens, wholePrompts, type Sequence } from "../sequence.ts";
import { attention, type ScoreOptions } from "./attention.ts";
import { attentionBlock, type AttentionInputs } from "./attention-block.ts";
import type { Context } from "./context.ts";
import { rmsNorms } from "./norm.ts";
import { parametersOf, type Parameters } from "./parameters.ts";
import { projectionsOf } from "./projection.ts";
import { weightsOf } from "../weights.ts";

const [tokens, heads, groups, width] = [6, 4, 2, 3];
const random = new Random(7);
const noise = (...shape: readonly number[]): Tensor =>
  fromFloat64(
    "float32",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => random.uniform(-2, 2)),
  );
const [q, k, v] = [noise(1, tokens, heads, width), noise(1, tokens, groups, width), noise(1, tokens, groups, width)];

const near = (found: ArrayLike<number>, expected: readonly number[]): void => {
  assert.equal(found.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(found[i] === value || Math.abs(found[i]! - value) < 1e-12, `${i}: ${found[i]} is not ${value}`),
  );
};

/** Σ_key softmax(score)·v for each token and head, by loops. `sees` says how far before the query a key may lie. */
function expected(sees: (back: number) => boolean, capped = (score: number): number => score): number[] {
  return Array.from({ length: tokens * heads * width }, (_, i) => {
    const [query, head, feature] = [Math.floor(i / (heads * width)), Math.floor(i / width) % heads, i % width];
    const group = Math.floor(head / (heads / groups));
    const at = ({ data }: Tensor, token: number, count: number, of: number, f: number): number =>
      (data as Float32Array)[(token * count + of) * width + f]!;
    const weights = Array.from({ length: tokens }, (_unused, key) => {
      const products = Array.from(
        { length: width },
        (_also, f) => at(q, query, heads, head, f) * at(k, key, groups, group, f),
      );
      const score = products.reduce((sum, product) => sum + product, 0) / Math.sqrt(width);
      return sees(query - key) ? Math.exp(capped(score)) : 0;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.reduce((sum, weight, key) => sum + (weight / total) * at(v, key, groups, group, feature), 0);
  });
}

function attended(sequence: Sequence, options: ScoreOptions = {}): ArrayLike<number> {
  const b = new Builder(coreOperators);
  const given = (name: string, { shape }: Tensor): Value => b.input(name, { dtype: "float32", shape });
  const z = attention({ b, sequence }, 0, { q: given("q", q), k: given("k", k), v: given("v", v) }, options);
  const feeds = new Map([["q", q] as const, ["k", k] as const, ["v", v] as const]);
  return evaluate(b.finish([z]), feeds, coreOperators).get(z.name)!.data as Float64Array;
}

test("a token attends to itself and to what is before it, in an encoder to every token", () => {
  near(
    attended(wholePrompts(1, tokens)),
    expected((back) => back >= 0),
  );
  near(
    attended(allTokens(1, tokens)),
    expected(() => true),
  );
});

test("a window keeps the keys that are less than its size away", () => {
  near(
    attended(wholePrompts(1, tokens), { window: 2 }),
    expected((back) => back >= 0 && back < 2),
  );
  near(
    attended(wholePrompts(1, tokens), { window: tokens }),
    expected((back) => back >= 0),
  );
  near(
    attended(allTokens(1, tokens), { window: 2 }),
    expected((back) => Math.abs(back) < 2),
  );
});

test("a cap bends scores towards it before the softmax", () => {
  const cap = (score: number): number => 1.5 * Math.tanh(score / 1.5);
  near(
    attended(wholePrompts(1, tokens), { softCap: 1.5 }),
    expected((back) => back >= 0, cap),
  );
});

for (const window of [undefined, 1, 3]) {
  test(`over a cache of keys and values the last tokens see the same, ${window ? `a window of ${window}` : "all before them"}`, () => {
    const [cached, own] = [4, 2];
    const b = new Builder(coreOperators);
    const part = (value: Tensor, from: number, to: number): Tensor => {
      const each = sizeOf(value.shape.slice(2));
      const data = (value.data as Float32Array).slice(from * each, to * each);
      return { dtype: "float32", shape: [1, to - from, ...value.shape.slice(2)], data };
    };
    const input = (name: string, { shape }: Tensor): Value => b.input(name, { dtype: "float32", shape });
    const recent = [q, k, v].map((value) => part(value, cached, tokens)) as [Tensor, Tensor, Tensor];
    const sequence = packedTokens({ tokens: own, rows: 1, queries: own, keys: tokens, cached });
    const [qs, ks, vs] = ["q", "k", "v"].map((name, i) => input(name, recent[i]!)) as [Value, Value, Value];
    const z = attention({ b, sequence }, 0, { q: qs, k: ks, v: vs }, { window });
    const integers = (shape: Shape, values: readonly number[]): Tensor => fromFloat64("int64", shape, values);
    const order = Array.from({ length: tokens }, (_, i) => i);
    const bias = Array.from({ length: own * tokens }, (_, i) =>
      i % tokens <= cached + Math.floor(i / tokens) ? 0 : -Infinity,
    );
    const cacheOf = (value: Tensor): Tensor => ({ ...part(value, 0, cached), shape: [cached, groups, width] });
    const feeds = new Map<string, Tensor>([
      ["q", recent[0]],
      ["k", recent[1]],
      ["v", recent[2]],
      [packedInputs.places, integers([own], order.slice(cached))],
      [packedInputs.queries, integers([1, own], [0, 1])],
      [packedInputs.keys, integers([1, tokens], order)],
      [packedInputs.back, integers([own], [0, 1])],
      [packedInputs.bias, fromFloat64("float32", [1, 1, own, tokens], bias)],
      [packedInputs.cachedKeys(0), cacheOf(k)],
      [packedInputs.cachedValues(0), cacheOf(v)],
    ]);
    const graph = b.finish([z]);
    const found = evaluate(graph, new Map([...feeds].filter(([name]) => graph.inputs.includes(name))), coreOperators);
    const all = expected((back) => back >= 0 && back < (window ?? Infinity));
    near(found.get(z.name)!.data as Float64Array, all.slice(cached * heads * width));
  });
}

/** A block of 2 heads with random weights, from one fused projection or from three, which hold the same numbers. */
function block(inputs: AttentionInputs, options: { readonly qkNorm?: boolean } = {}) {
  const features = 4;
  const own = new Random(3);
  const values = (size: number): number[] => Array.from({ length: size }, () => own.uniform(-1, 1));
  const [wq, wk, wv] = [values(16), values(16), values(16)];
  const stored: readonly (readonly [string, Shape, readonly number[]])[] = [
    ["q.weight", [features, features], wq],
    ["k.weight", [features, features], wk],
    ["v.weight", [features, features], wv],
    ["qkv.weight", [3 * features, features], [...wq, ...wk, ...wv]],
    ["o.weight", [features, features], values(16)],
    ["q_norm.weight", [2], [0.5, 2]],
    ["k_norm.weight", [2], [1, 1]],
  ];
  const data = new Map(stored.map(([name, shape, numbers]) => [name, fromFloat64("float32", shape, numbers)]));
  const weights = weightsOf(
    {
      where: "fixture",
      tensors: new Map(stored.map(([name, shape]) => [name, { shape, storage: "F32", dtype: "float32" }])),
      read: (name) => data.get(name)!,
    },
    { identity: "fixture", storage: "float32" },
  );
  const parameters: Parameters = parametersOf(weights);
  const b = new Builder(coreOperators);
  const c: Context = { b, sequence: wholePrompts(1, 3) };
  const x = b.input("x", { dtype: "float32", shape: [1, 3, features] });
  const norm = rmsNorms(parameters, 0);
  const qkNorm = {
    q: (value: Value) => norm(c, "blocks.0.attn.q_norm", "q_norm", value),
    k: (value: Value) => norm(c, "blocks.0.attn.k_norm", "k_norm", value),
  };
  const written = attentionBlock(c, 0, x, {
    heads: 2,
    keyValueHeads: 2,
    headWidth: 2,
    projections: projectionsOf(parameters, { orientation: "out-in", bias: "never" }),
    inputs,
    output: "o",
    qkNorm: options.qkNorm ? qkNorm : undefined,
  });
  const graph = b.finish([written]);
  const fed = fromFloat64("float32", [1, 3, features], [1, -1, 2, 0.5, 0.25, 3, -2, 1, 1, 1, -1, 2]);
  const all = { ...graph, outputs: [...graph.outputs, ...graph.sites.map(({ value }) => value)] };
  const computed = evaluate(all, new Map([["x", fed]]), coreOperators);
  const at = (name: string): readonly number[] =>
    Array.from(computed.get(graph.sites.find((site) => site.name === name)!.value)!.data as Float64Array);
  return { at, sites: graph.sites.map(({ name }) => name) };
}

test("one fused projection gives what three separate ones give", () => {
  const [separate, fused] = [block({ q: "q", k: "k", v: "v" }), block({ fused: "qkv" })];
  assert.deepEqual(separate.sites, fused.sites);
  for (const name of separate.sites) near(fused.at(name), separate.at(name));
});

test("queries and keys are normalized head by head, and their sites are before that", () => {
  const normalized = block({ q: "q", k: "k", v: "v" }, { qkNorm: true });
  const plain = block({ q: "q", k: "k", v: "v" });
  near(normalized.at("blocks.0.attn.hook_q"), plain.at("blocks.0.attn.hook_q"));
  const heads2 = plain.at("blocks.0.attn.hook_q");
  const expectedNorm = heads2.map((value, i) => {
    const pair = [heads2[i - (i % 2)]!, heads2[i - (i % 2) + 1]!];
    return value / Math.sqrt((pair[0]! ** 2 + pair[1]! ** 2) / 2);
  });
  near(normalized.at("blocks.0.attn.q_norm.hook_normalized"), expectedNorm);
  assert.notDeepEqual(normalized.at("blocks.0.hook_attn_out"), plain.at("blocks.0.hook_attn_out"));
});
