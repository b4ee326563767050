import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import { Network } from "../network.ts";
import { unitGrid, unitsGraph, unitsName } from "./unit-grid.ts";

/** Patches of 4 × 4 of a picture of 12 × 8 become six tokens of five features, behind a class token. */
const network = (() => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 3, 12, 8] });
  const weight = b.tensor(float32([5, 3, 4, 4], new Random(1).normals(5 * 3 * 16)));
  const patches = b.apply("Conv", [x, weight], { strides: [4, 4] }, { names: ["patches"] });
  const tokens = b.transpose(b.reshape(patches, [1, 5, 6]), [0, 2, 1]);
  const classed = b.concat([b.tensor(float32([1, 1, 5], new Float32Array(5))), tokens], 1);
  const mlp = b.apply("Relu", [classed], {}, { names: ["tokens"] });
  const logits = b.apply("ReduceMean", [mlp], { axes: [1], keepdims: false }, { names: ["logits"] });
  b.site({ name: "patches", value: "patches", axes: ["batch", "channel", "row", "column"], role: "Conv" });
  b.site({ name: "tokens", value: "tokens", axes: ["batch", "token", "feature"], role: "Relu" });
  b.site({ name: "logits", value: "logits", axes: ["batch", "feature"], role: "ReduceMean" });
  const graph = b.finish([logits]);
  const source = { hash: "vit", at: () => graph, batchable: false, input: "x", logits: "logits" } as const;
  return new Network({ ...source, layout: "NCHW", classNames: undefined }, referenceRuntime, 2 ** 28);
})();

const field = { rows: 3, columns: 2, offset: [1.5, 1.5], step: [4, 4] };

test("a convolution's channels lie at the centres of its windows", () => {
  const grid = unitGrid(network, "patches");
  assert.deepEqual(grid.field, field);
  assert.deepEqual([grid.units, grid.positions, grid.extraTokens, [...grid.at]], [5, 6, 0, [0, 1, 2, 3, 4, 5]]);
  assert.deepEqual([...grid.places.channel], [0, 6, 12, 18, 24]);
});

test("the grid of picture tokens is recovered behind the class token", () => {
  const grid = unitGrid(network, "tokens");
  assert.deepEqual(grid.field, field);
  assert.deepEqual([grid.units, grid.positions, grid.extraTokens, [...grid.at]], [5, 7, 1, [1, 2, 3, 4, 5, 6]]);
  assert.deepEqual([...grid.places.position], [0, 5, 10, 15, 20, 25, 30]);
});

test("a layer without positions is refused in a sentence", () => {
  assert.throws(() => unitGrid(network, "logits"), /logits has no grid of positions in the picture/);
});

/** The picture's pixels with two registers behind them, and the pixels with their channels last, two pictures at a time. */
const graphOf = (batch: number): Graph => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [batch, 3, 2, 4] });
  // A convolution is what says which axes are rows and columns.
  const copied = b.apply("Conv", [x, b.tensor(float32([3, 3, 1, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1]))], {});
  const pixels = b.apply("Transpose", [copied], { perm: [0, 2, 3, 1] }, { names: ["last"] });
  const registers = b.tensor(float32([batch, 2, 3], new Float32Array(batch * 6).fill(-1)));
  const tokens = b.concat([b.reshape(pixels, [batch, 8, 3]), registers], 1);
  const named = b.apply("Identity", [tokens], {}, { names: ["registered"] });
  const logits = b.apply("ReduceMean", [named], { axes: [1], keepdims: false }, { names: ["logits"] });
  b.site({ name: "last", value: "last", axes: ["batch", "row", "column", "channel"], role: "Transpose" });
  b.site({ name: "registered", value: "registered", axes: ["batch", "token", "feature"], role: "Identity" });
  return b.finish([logits]);
};

const pixels = new Network(
  { hash: "pixels", at: graphOf, batchable: true, input: "x", logits: "logits", layout: "NCHW", classNames: undefined },
  referenceRuntime,
  2 ** 28,
);

for (const [site, positions] of [
  ["last", 8],
  ["registered", 10],
] as const)
  test(`units and cells are found by the meaning of the axes, not by their order: ${site}`, async () => {
    const { at, units, ...grid } = unitGrid(pixels, site);
    assert.deepEqual([units, grid.positions, [...at]], [3, positions, [0, 1, 2, 3, 4, 5, 6, 7]]);
    assert.deepEqual(grid.field, { rows: 2, columns: 4, offset: [0, 0], step: [1, 1] });
    const graph = unitsGraph(graphOf(2), site);
    const program = await referenceRuntime.compile(graph);
    const input = float32([2, 3, 2, 4], new Random(3).normals(48));
    const read = (await program.run(new Map([["x", input]]))).get(unitsName(site))!;
    assert.deepEqual(read.shape, [2, 3, positions]);
    const cells = Array.from({ length: 6 }, (_, i) => [...at].map((cell) => toFloat64(read)[i * positions + cell]!));
    assert.deepEqual(cells.flat(), [...toFloat64(input)]);
  });
