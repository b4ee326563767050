import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type Value } from "../builder.ts";
import type { Graph } from "../graph.ts";
import { coreOperators } from "../ops/table.ts";
import { float32 } from "../../tensor/tensor.ts";
import { graft } from "./graft.ts";

const network = (tail: (b: Builder, x: Value) => Value): Graph => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 1, 8, 8] });
  const y = b.apply("Conv", [x, b.tensor(float32([2, 1, 3, 3], new Float32Array(18).fill(1)))], {
    kernel_shape: [3, 3],
  });
  return b.finish([tail(b, b.apply("Relu", [y]))]);
};
const grafted = (graph: Graph, side: number) => {
  const b = new Builder(coreOperators);
  const x = b.input("another", { dtype: "float32", shape: [1, 1, side, side] });
  return graft(b, graph, new Map([["x", x]]), graph.outputs)?.get(graph.outputs[0]!)?.shape;
};

test("a convolutional prefix accepts images of another size", () => {
  const graph = network((b, y) => b.apply("MaxPool", [y], { kernel_shape: [2, 2], strides: [2, 2] }));
  assert.deepEqual(grafted(graph, 8), [1, 2, 3, 3]);
  assert.deepEqual(grafted(graph, 20), [1, 2, 9, 9]);
});

test("fixed sizes in the graph are rejected unless their input has the original size", () => {
  const flattened = network((b, y) => b.reshape(y, [1, 72]));
  assert.deepEqual([grafted(flattened, 8), grafted(flattened, 20)], [[1, 72], undefined]);
  const pooled = network((b, y) => b.reshape(b.apply("ReduceMean", [y], { axes: [2, 3], keepdims: true }), [1, 2]));
  assert.deepEqual(grafted(pooled, 20), [1, 2]);
  assert.equal(
    grafted(
      network((b, y) => b.slice(y, [2], [0], [6])),
      20,
    ),
    undefined,
  );
});
