/** Axes are followed by what operators do, whatever the rank: each test is a layout that exporters write. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { float32, fromFloat64 } from "../../tensor/tensor.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { Builder, type Value } from "../builder.ts";
import { coreOperators } from "../ops/table.ts";
import { buildProgram, leavesOf, randomProgram } from "../random-graph.ts";
import { extentOf } from "./axis.ts";
import { followAxes, namedAxes } from "./flow.ts";

type Build = (b: Builder, x: Value) => Readonly<Record<string, Value>>;

/** The names of the axes of what `build` returns, for an input of this shape. */
function names(shape: Shape, build: Build, dtype: "float32" | "int64" = "float32"): Record<string, string> {
  const b = new Builder(coreOperators);
  const made = build(b, b.input("x", { dtype, shape }));
  const named = namedAxes(b.finish(Object.values(made)), coreOperators);
  return Object.fromEntries(Object.entries(made).map(([key, { name }]) => [key, named.get(name)!.join(", ")]));
}

const weight = (b: Builder, ...shape: number[]): Value =>
  b.tensor(float32(shape, new Float32Array(sizeOf(shape)).fill(0.1)));
const conv = (b: Builder, x: Value, filters: number, kernel: number, attributes = {}): Value =>
  b.apply("Conv", [x, weight(b, filters, x.shape[1]!, ...x.shape.slice(2).map(() => kernel))], attributes);
const linear = (b: Builder, x: Value, features: number): Value => b.matmul(x, weight(b, x.shape.at(-1)!, features));

test("a convolution says what its input is, whatever came before it", () => {
  const found = names([1, 8, 8, 3], (b, x) => {
    const turned = b.transpose(x, [0, 3, 1, 2]);
    const features = conv(b, turned, 4, 3, { pads: [1, 1, 1, 1] });
    const last = b.transpose(features, [0, 2, 3, 1]);
    return {
      x,
      features,
      last,
      linear: linear(b, last, 6),
      mean: b.apply("ReduceMean", [last], { axes: [1, 2], keepdims: false }),
    };
  });
  assert.deepEqual(found, {
    x: "batch, row, column, channel",
    features: "batch, channel, row, column",
    last: "batch, row, column, channel",
    linear: "batch, row, column, channel",
    mean: "batch, feature",
  });
});

test("audio has time, volumes have depth", () => {
  assert.equal(names([1, 1, 64], (b, x) => ({ y: conv(b, x, 4, 5, { strides: [2] }) }))["y"], "batch, channel, time");
  assert.equal(names([1, 1, 4, 6, 6], (b, x) => ({ y: conv(b, x, 2, 3) }))["y"], "batch, channel, depth, row, column");
});

test("patches after a class token are a grid, and attention's scores are none", () => {
  const found = names([2, 3, 8, 8], (b, x) => {
    const patches = conv(b, x, 16, 2, { strides: [2, 2] });
    const tokens = b.transpose(b.reshape(patches, [2, 16, 16]), [0, 2, 1]);
    const joined = b.concat([b.expand(weight(b, 1, 1, 16), [2, 1, 16]), tokens], 1);
    const heads = (y: Value): Value => b.transpose(b.reshape(y, [2, 17, 4, 4]), [0, 2, 1, 3]);
    const [q, k, v] = [0, 1, 2].map(() => heads(b.add(linear(b, joined, 16), weight(b, 16)))) as [Value, Value, Value];
    const scores = b.matmul(q, b.transpose(k, [0, 1, 3, 2]));
    const pattern = b.apply("Softmax", [scores], { axis: -1 });
    const mixed = b.matmul(pattern, v);
    const merged = b.reshape(b.transpose(mixed, [0, 2, 1, 3]), [2, 17, 16]);
    return {
      tokens,
      joined,
      q,
      scores,
      pattern,
      mixed,
      merged,
      sum: b.add(joined, merged),
      grid: b.slice(merged, [1], [1], [17]),
    };
  });
  assert.deepEqual(found, {
    tokens: "batch, token, feature",
    joined: "batch, token, feature",
    q: "batch, head, token, feature",
    scores: "batch, head, query, key",
    pattern: "batch, head, query, key",
    mixed: "batch, head, token, feature",
    merged: "batch, token, feature",
    sum: "batch, token, feature",
    grid: "batch, token, feature",
  });
});

test("softmax says which side of a pattern the keys are", () => {
  const found = names([1, 6, 8], (b, x) => {
    const [q, k] = [linear(b, x, 8), b.add(linear(b, x, 8), weight(b, 8))];
    const scores = b.matmul(k, b.transpose(q, [0, 2, 1]));
    return { scores, pattern: b.apply("Softmax", [scores], { axis: 1 }) };
  });
  assert.deepEqual(found, { scores: "batch, key, query", pattern: "batch, key, query" });
});

test("windows are taken apart and put together again", () => {
  const found = names([1, 3, 8, 8], (b, x) => {
    const last = b.transpose(conv(b, x, 4, 1), [0, 2, 3, 1]);
    const split = b.reshape(last, [1, 2, 4, 2, 4, 4]);
    const windows = b.reshape(b.transpose(split, [0, 1, 3, 2, 4, 5]), [4, 16, 4]);
    const inside = linear(b, windows, 5);
    const back = b.reshape(b.transpose(b.reshape(inside, [1, 2, 2, 4, 4, 5]), [0, 1, 3, 2, 4, 5]), [1, 8, 8, 5]);
    return { split, windows, inside, back };
  });
  assert.deepEqual(found, {
    split: "batch, window row, row in window, window column, column in window, channel",
    windows: "batch × window, token, feature",
    inside: "batch × window, token, feature",
    back: "batch, row, column, channel",
  });
});

test("PixelShuffle makes rows of channels, its reverse channels of rows", () => {
  const found = names([1, 3, 4, 4], (b, x) => {
    const wide = conv(b, x, 8, 1);
    const shuffled = b.reshape(b.transpose(b.reshape(wide, [1, 2, 2, 2, 4, 4]), [0, 1, 4, 2, 5, 3]), [1, 2, 8, 8]);
    const back = b.reshape(b.transpose(b.reshape(shuffled, [1, 2, 4, 2, 4, 2]), [0, 1, 3, 5, 2, 4]), [1, 8, 4, 4]);
    return { shuffled, back };
  });
  assert.deepEqual(found, { shuffled: "batch, channel, row, column", back: "batch, channel, row, column" });
});

test("patches that a reshape cuts out of a picture are tokens with features", () => {
  const found = names([1, 3, 8, 8], (b, x) => {
    const cut = b.transpose(b.reshape(x, [1, 3, 4, 2, 4, 2]), [0, 2, 4, 3, 5, 1]);
    const patches = b.reshape(cut, [1, 16, 12]);
    return { patches, embedded: linear(b, patches, 6) };
  });
  assert.deepEqual(found, { patches: "batch, token, feature", embedded: "batch, token, feature" });
});

test("a token mixer's own axis is unknown until its result is added to tokens", () => {
  const found = names([1, 3, 8, 8], (b, x) => {
    const tokens = b.transpose(b.reshape(conv(b, x, 6, 2, { strides: [2, 2] }), [1, 6, 16]), [0, 2, 1]);
    const turned = b.transpose(tokens, [0, 2, 1]);
    const hidden = b.apply("Gelu", [linear(b, turned, 10)]);
    const mixed = b.transpose(linear(b, hidden, 16), [0, 2, 1]);
    return { turned, hidden, mixed, sum: b.add(tokens, mixed) };
  });
  assert.deepEqual(found, {
    turned: "batch, feature, token",
    hidden: "batch, feature, unknown",
    mixed: "batch, unknown, feature",
    sum: "batch, token, feature",
  });
});

test("flattened positions are features, and features that become a picture are one", () => {
  const found = names([1, 1, 6, 6], (b, x) => {
    const flat = b.reshape(conv(b, x, 2, 3), [1, 32]);
    const seed = b.reshape(linear(b, flat, 36), [1, 4, 3, 3]);
    return { flat, seed, picture: conv(b, seed, 2, 3, { pads: [1, 1, 1, 1] }) };
  });
  assert.deepEqual(found, {
    flat: "batch, feature",
    seed: "batch, channel, row, column",
    picture: "batch, channel, row, column",
  });
});

test("words are tokens, and their embedding is features", () => {
  const found = names(
    [1, 7],
    (b, x) => {
      const words = b.apply("Gather", [weight(b, 50, 8), x]);
      return { x, words, first: b.apply("Gather", [words, b.tensor(fromFloat64("int64", [], [0]))], { axis: 1 }) };
    },
    "int64",
  );
  assert.deepEqual(found, { x: "batch, token", words: "batch, token, feature", first: "batch, feature" });
});

test("a recurrent layer has its time in front", () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [5, 1, 3] });
  const [y, h] = b.applyAll("GRU", [x, weight(b, 1, 6, 3), weight(b, 1, 6, 2)], { hidden_size: 2 });
  const named = namedAxes(b.finish([y!, h!]), coreOperators);
  assert.deepEqual(named.get("x"), ["time", "batch", "channel"]);
  assert.deepEqual(named.get(y!.name), ["time", "single", "batch", "channel"]);
  assert.deepEqual(named.get(h!.name), ["single", "batch", "feature"]);
});

test("a permutation that nothing explains leaves an unknown axis", () => {
  const shuffled = fromFloat64("int64", [4], [2, 0, 3, 1]);
  const found = names([1, 3, 4, 4], (b, x) => {
    const y = conv(b, x, 4, 1);
    const top = b.applyAll("TopK", [y], { k: 2, axis: 3 })[0]!;
    return {
      rows: b.apply("Gather", [y, b.tensor(shuffled)], { axis: 2 }),
      top,
      mirrored: b.slice(y, [3], [3], [-5], [-1]),
    };
  });
  assert.deepEqual(found, {
    rows: "batch, channel, unknown, column",
    top: "batch, channel, row, unknown",
    mirrored: "batch, channel, row, unknown",
  });
});

test("an outer sum of rows and columns keeps both, and one that cannot be is unknown", () => {
  const found = names([1, 3, 4, 4], (b, x) => {
    const y = conv(b, x, 4, 1);
    return { sum: b.add(y, b.transpose(y, [0, 1, 3, 2])) };
  });
  assert.equal(found["sum"], "batch, feature, unknown, unknown");
});

test("axes fit every value of random graphs, and following twice gives the same names", () => {
  for (let seed = 0; seed < 300; seed++) {
    const program = randomProgram(seed, coreOperators);
    const b = new Builder(coreOperators);
    const leaves = leavesOf(program).map(({ shape }, i) => b.input(`x${i}`, { dtype: "float64", shape }));
    const graph = b.finish(buildProgram(b, program, leaves).slice(-1));
    const { axes } = followAxes(graph, coreOperators);
    for (const [name, type] of graph.types)
      assert.deepEqual(axes.get(name)!.map(extentOf), [...type.shape], `${seed}: ${name}`);
    assert.deepEqual(namedAxes(graph, coreOperators), namedAxes(graph, coreOperators));
  }
});
