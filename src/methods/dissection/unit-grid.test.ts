import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { float32 } from "../../tensor/tensor.ts";
import { Network } from "../network.ts";
import { unitGrid } from "./unit-grid.ts";

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
  assert.deepEqual([grid.units, grid.unitStride, grid.rowStride, grid.columnStride, grid.start], [5, 6, 2, 1, 0]);
});

test("the grid of picture tokens is recovered behind the class token", () => {
  const grid = unitGrid(network, "tokens");
  assert.deepEqual(grid.field, field);
  assert.deepEqual([grid.units, grid.unitStride, grid.rowStride, grid.columnStride], [5, 1, 10, 5]);
  assert.deepEqual([grid.extraTokens, grid.start], [1, 5]);
});

test("a layer without positions is refused in a sentence", () => {
  assert.throws(() => unitGrid(network, "logits"), /logits has no grid of positions in the picture/);
});
