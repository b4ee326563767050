import assert from "node:assert/strict";
import test from "node:test";
import { Builder, type Value } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32 } from "../../tensor/tensor.ts";
import { masksInNchwc } from "./nchwc-relu-masks.ts";

const shape = [2, 16, 6, 6];

/** The gradient of conv → activation → conv with respect to its input. */
function gradientOf(activation: (b: Builder, x: Value) => Value, channels = 16): Graph {
  const random = new Random(5);
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape });
  const weight = (out: number, of: number): Value => b.tensor(float32([out, of, 1, 1], random.normals(out * of)));
  const y = b.apply("Conv", [activation(b, b.apply("Conv", [x, weight(channels, 16)])), weight(16, channels)]);
  const cotangent = b.tensor(float32(y.shape, random.normals(sizeOf(y.shape))));
  return prune(b.finish([differentiate(b, [{ of: y, cotangent }], [x])[0]!]));
}

const relu = (b: Builder, x: Value): Value => b.apply("Relu", [x]);
const relu6 = (b: Builder, x: Value): Value => b.apply("Clip", [x], { min: 0, max: 6 });
const operatorsOf = (graph: Graph): Set<string> => new Set(graph.nodes.map(({ op }) => op));

for (const [name, activation] of [
  ["ReLU", relu],
  ["ReLU6", relu6],
] as const) {
  test(`${name}: no comparison is left, and the reference evaluates the same gradient to the last bit`, () => {
    const plain = gradientOf(activation);
    const blocked = masksInNchwc(plain);
    for (const op of ["Greater", "Less", "And", "Cast"]) assert.ok(!operatorsOf(blocked).has(op), op);
    const scaled = new Random(9).normals(sizeOf(shape)).map((value, i) => (i % 7 === 0 ? 0 : 6 * value));
    const feeds = new Map([["x", float32(shape, scaled)]]);
    const [before, after] = [plain, blocked].map(
      (graph) => [...evaluate(graph, feeds, coreOperators).values()][0]!.data,
    );
    assert.deepEqual(after, before);
    assert.ok(before!.some((value) => value !== 0));
  });
}

test("values outside the NCHWc layout keep their plain masks: few channels, other bounds, other slopes", () => {
  const unchanged: readonly (readonly [(b: Builder, x: Value) => Value, number])[] = [
    [relu, 12],
    [(b, x) => b.apply("Clip", [x], { min: -1, max: 1 }), 16],
    [(b, x) => b.apply("LeakyRelu", [x]), 16],
    [(b, x) => b.transpose(relu(b, b.transpose(x, [0, 1, 3, 2])), [0, 1, 3, 2]), 16],
  ];
  for (const [activation, channels] of unchanged) {
    const plain = gradientOf(activation, channels);
    assert.deepEqual(masksInNchwc(plain).nodes, plain.nodes);
  }
});

test("a pooling's cotangent is reordered into blocks once, and a pooled image is already in blocks", () => {
  const pooled = (b: Builder, x: Value): Value =>
    relu(b, b.apply("MaxPool", [relu(b, x)], { kernel_shape: [2, 2], strides: [2, 2] }));
  const plain = gradientOf(pooled);
  const blocked = masksInNchwc(plain);
  assert.equal(
    blocked.nodes.filter(({ outputs }) => outputs[0]!.startsWith("blocked ") && !outputs[0]!.startsWith("blocked mask"))
      .length,
    1,
  );
  assert.equal(plain.nodes.filter(({ op }) => op === "Greater").length, 2);
  assert.equal(blocked.nodes.filter(({ op }) => op === "Greater").length, 0);
  const feeds = new Map([["x", float32(shape, new Random(4).normals(sizeOf(shape)))]]);
  const [before, after] = [plain, blocked].map((graph) => [...evaluate(graph, feeds, coreOperators).values()][0]!.data);
  assert.deepEqual(
    after!.map((value) => value + 0),
    before!.map((value) => value + 0),
  );
});

test("the mask is 0 at both ends of the range", () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 16, 1, 3] });
  const one = b.tensor(
    float32(
      [16, 16, 1, 1],
      Array.from({ length: 256 }, (_, i) => Number(i % 17 === 0)),
    ),
  );
  const y = relu6(b, b.apply("Conv", [x, one]));
  const cotangent = b.apply("Conv", [b.tensor(float32([1, 16, 1, 3], new Float32Array(48).fill(1))), one]);
  const graph = masksInNchwc(prune(b.finish([differentiate(b, [{ of: y, cotangent }], [x])[0]!])));
  assert.ok(!operatorsOf(graph).has("Cast"));
  const feeds = new Map([
    [
      "x",
      float32(
        [1, 16, 1, 3],
        Array.from({ length: 48 }, (_, i) => [0, 6, 1e-20][i % 3]!),
      ),
    ],
  ]);
  assert.deepEqual([...evaluate(graph, feeds, coreOperators).values()][0]!.data.slice(0, 3), Float64Array.of(0, 0, 1));
});
