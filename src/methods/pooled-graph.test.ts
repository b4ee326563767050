import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder } from "../graph/builder.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { Random } from "../tensor/random.ts";
import { float32, toFloat64 } from "../tensor/tensor.ts";
import type { NetworkSource } from "./network.ts";
import { featuresAt, pooledGraph, pooledName } from "./pooled-graph.ts";
import { withRandomWeights } from "./probing/random-weights.ts";

/** conv 3×3 (2 → 4 channels) with bias, ReLU; then tokens [batch, token, feature]. */
function network(batch: number): Graph {
  const random = new Random(1);
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [batch, 2, 5, 6] });
  const weight = b.tensor(float32([4, 2, 3, 3], random.normals(72)), "weight");
  const bias = b.tensor(float32([4], random.normals(4)), "bias");
  const conv = b.apply("Conv", [x, weight, bias], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, { names: ["conv"] });
  const relu = b.apply("Relu", [conv], {}, { names: ["relu"] });
  const last = b.transpose(relu, [0, 2, 3, 1]);
  const tokens = b.apply("Reshape", [last], { shape: [batch, 30, 4] }, { names: ["tokens"] });
  const matrix = b.tensor(float32([4, 300], random.normals(1200)), "matrix");
  const product = b.apply("MatMul", [tokens, matrix], {}, { names: ["product"] });
  b.site({ name: "relu", value: "relu", axes: ["batch", "channel", "row", "column"], role: "Relu" });
  b.site({ name: "tokens", value: "tokens", axes: ["batch", "token", "feature"], role: "Reshape" });
  return b.finish([relu, tokens, product]);
}

const graph = network(1);
const x = float32([1, 2, 5, 6], new Random(2).normals(60));
const run = (of: Graph) => evaluate(of, new Map([["x", x]]), coreOperators);
const relu = run(graph).get("relu")!.data as Float64Array;
const at = (channel: number, row: number, column: number): number => relu[(channel * 5 + row) * 6 + column]!;
const close = (actual: ArrayLike<number>, expected: readonly number[]): void => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(actual[i]! - value) < 1e-12));
};
const over = (channel: number, rows: readonly number[], columns: readonly number[]): number[] =>
  rows.flatMap((row) => columns.map((column) => at(channel, row, column)));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const all = { rows: [0, 1, 2, 3, 4], columns: [0, 1, 2, 3, 4, 5] };

test("mean and maximum are taken over the positions of a channel", () => {
  const pooled = (kind: "mean" | "max") => run(pooledGraph(graph, ["relu"], kind)).get(pooledName("relu", kind))!;
  close(
    pooled("mean").data as Float64Array,
    [0, 1, 2, 3].map((channel) => mean(over(channel, all.rows, all.columns))),
  );
  close(
    pooled("max").data as Float64Array,
    [0, 1, 2, 3].map((channel) => Math.max(...over(channel, all.rows, all.columns))),
  );
  assert.deepEqual(pooled("mean").shape, [1, 4]);
});

test("position pooling keeps the channels of each quarter; an odd side shares its middle row", () => {
  const { data, shape } = run(pooledGraph(graph, ["relu"], "position")).get(pooledName("relu", "position"))!;
  const quarters = [
    [0, 1, 2],
    [2, 3, 4],
  ].flatMap((rows) =>
    [
      [0, 1, 2],
      [3, 4, 5],
    ].map((columns) => ({ rows, columns })),
  );
  close(
    data as Float64Array,
    quarters.flatMap(({ rows, columns }) => [0, 1, 2, 3].map((channel) => mean(over(channel, rows, columns)))),
  );
  assert.deepEqual(shape, [1, featuresAt(graph, "relu", "position")]);
});

test("tokens are positions, features are channels", () => {
  const { data } = run(pooledGraph(graph, ["tokens"], "mean")).get(pooledName("tokens", "mean"))!;
  close(
    data as Float64Array,
    Array.from({ length: 4 }, (_, feature) =>
      mean(Array.from({ length: 30 }, (_, token) => relu[feature * 30 + token]!)),
    ),
  );
});

const source = (): NetworkSource => ({
  hash: "h",
  at: network,
  batchable: true,
  input: "x",
  logits: "product",
  layout: "NCHW",
  classNames: undefined,
});

test("the random-weights control has He-normal weights, no biases, and the same numbers for every batch", () => {
  const { constants } = withRandomWeights(source(), 3).at(1);
  const values = (name: string): Float64Array => toFloat64(constants.get(name)!.load());
  assert.deepEqual([...values("bias")], [0, 0, 0, 0]);
  const matrix = values("matrix");
  assert.ok(Math.abs(matrix.reduce((sum, value) => sum + value * value, 0) / matrix.length - 2 / 4) < 0.06);
  assert.ok(Math.abs(mean([...matrix])) < 0.06);
  const weight = values("weight");
  assert.ok(Math.abs(weight.reduce((sum, value) => sum + value * value, 0) / weight.length - 2 / 18) < 0.05);
  assert.notDeepEqual(weight.slice(0, 4), matrix.slice(0, 4));
  assert.deepEqual(toFloat64(withRandomWeights(source(), 3).at(2).constants.get("weight")!.load()), weight);
  assert.notDeepEqual(toFloat64(withRandomWeights(source(), 4).at(1).constants.get("weight")!.load()), weight);
});
