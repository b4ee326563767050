import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type Value } from "../builder.ts";
import { coreOperators } from "../ops/table.ts";
import { float32 } from "../../tensor/tensor.ts";
import { mixesSamples } from "./mixes-samples.ts";

/** The operator that mixes two pictures of 3 × 4 × 4, if any. */
function mixing(body: (b: Builder, x: Value) => Value): string | undefined {
  const b = new Builder(coreOperators);
  const graph = b.finish([body(b, b.input("x", { dtype: "float32", shape: [2, 3, 4, 4] }))]);
  return mixesSamples(graph, "x")?.op;
}

const flat = (b: Builder, x: Value): Value => b.reshape(x, [2, 48]);

test("batch normalisation in training mode takes its mean over the samples", () => {
  const found = mixing((b, x) => b.sub(x, b.apply("ReduceMean", [x], { axes: [0, 2, 3], keepdims: true })));
  assert.equal(found, "ReduceMean");
});

test("a mean over all axes, and one over the first axis counted from the end, mix", () => {
  assert.equal(
    mixing((b, x) => b.sub(x, b.apply("ReduceMean", [x], { keepdims: true }))),
    "ReduceMean",
  );
  assert.equal(
    mixing((b, x) => b.sub(x, b.apply("ReduceMax", [x], { axes: [-4], keepdims: true }))),
    "ReduceMax",
  );
});

test("softmax, a running sum and a sum of squares over the samples mix", () => {
  assert.equal(
    mixing((b, x) => b.apply("Softmax", [flat(b, x)], { axis: 0 })),
    "Softmax",
  );
  assert.equal(
    mixing((b, x) => b.apply("LogSoftmax", [flat(b, x)], { axis: -2 })),
    "LogSoftmax",
  );
  assert.equal(
    mixing((b, x) => b.div(x, b.sum(b.mul(x, x), [0], true))),
    "ReduceSum",
  );
});

test("the samples are followed through a transposition and a reshape", () => {
  const moved = (b: Builder, x: Value): Value => b.transpose(flat(b, x), [1, 0]);
  assert.equal(
    mixing((b, x) => b.transpose(b.apply("Softmax", [moved(b, x)], { axis: 1 }), [1, 0])),
    "Softmax",
  );
  // Samples and windows on one axis, as a window attention has them.
  assert.equal(
    mixing((b, x) => b.apply("Softmax", [b.reshape(x, [6, 16])], { axis: 0 })),
    "Softmax",
  );
});

test("what works inside each sample does not mix", () => {
  const pooled = (b: Builder, x: Value): Value => b.apply("ReduceMean", [x], { axes: [2, 3], keepdims: false });
  const classes = (b: Builder, x: Value): Value =>
    b.matmul(pooled(b, x), b.tensor(float32([3, 5], new Array(15).fill(1))));
  assert.equal(
    mixing((b, x) => b.apply("Softmax", [classes(b, x)], { axis: -1 })),
    undefined,
  );
  assert.equal(
    mixing((b, x) => b.apply("Softmax", [b.reshape(x, [6, 16])], { axis: -1 })),
    undefined,
  );
  assert.equal(
    mixing((b, x) => b.concat([x, x], 1)),
    undefined,
  );
});

test("an embedding reads its table along axis 0, which is not the axis of the samples", () => {
  const b = new Builder(coreOperators);
  const ids = b.input("ids", { dtype: "int64", shape: [2, 5] });
  const table = b.tensor(float32([7, 3], new Array(21).fill(1)));
  const graph = b.finish([b.apply("Gather", [table, ids], { axis: 0 })]);
  assert.equal(mixesSamples(graph, "ids"), undefined);
});
