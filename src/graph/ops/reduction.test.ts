import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import type { DType } from "../../tensor/dtype.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { Attributes } from "../graph.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

function reduce(
  op: string,
  shape: Shape,
  values: readonly number[],
  attributes: Attributes = {},
  dtype: DType = "float64",
) {
  const b = new Builder(operators);
  const y = b.apply(op, [b.input("x", { dtype, shape })], attributes);
  const results = evaluate(b.finish([y]), new Map([["x", array64(dtype, shape, values)]]), operators);
  return { shape: y.shape, data: [...results.get(y.name)!.data] };
}

function gradient(op: string, values: readonly number[]): number[] {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float64", shape: [values.length] });
  const y = b.apply(op, [x], { keepdims: false });
  const [dx] = differentiate(b, [{ of: y, cotangent: b.scalar(1, "float64") }], [x]);
  return [
    ...evaluate(b.finish([dx!]), new Map([["x", array64("float64", x.shape, values)]]), operators).get(dx!.name)!.data,
  ];
}

const reductions = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"];
const layouts: readonly (readonly [Shape, Attributes])[] = [
  [[2, 3, 4], { axes: [1] }],
  [[2, 3, 4], { axes: [-1, 0], keepdims: false }],
  [[2, 3], {}],
  [[5], { axes: [], keepdims: false }],
  [[], { keepdims: false }],
  [[2, 1, 3], { axes: [1], keepdims: false }],
  [[3, 0], { axes: [1] }],
  [[0, 3], { axes: [1] }],
];

for (const op of reductions) {
  test(`${op}: gradient and second order agree with differences`, () => {
    for (const [shape, attributes] of layouts) {
      // Distinct values, so that no extreme is tied within a step of the differences.
      const x = array64(
        "float64",
        shape,
        Array.from(new Random(1).permutation(sizeOf(shape)), (i) => 0.3 + 0.11 * i),
      );
      checkGradient({ operators, build: applying(op, attributes), inputs: [x], order: 2 });
    }
  });
}

test("values and shapes agree with NumPy", () => {
  const x = [1, 2, 3, 4, 5, 6];
  assert.deepEqual(reduce("ReduceSum", [2, 3], x, { axes: [0] }), { shape: [1, 3], data: [5, 7, 9] });
  assert.deepEqual(reduce("ReduceMean", [2, 3], x, { axes: [1], keepdims: false }), { shape: [2], data: [2, 5] });
  assert.deepEqual(reduce("ReduceProd", [3, 2], x, { axes: [-1], keepdims: false }), { shape: [3], data: [2, 12, 30] });
  assert.deepEqual(reduce("ReduceMax", [2, 3], x), { shape: [1, 1], data: [6] });
  assert.deepEqual(reduce("ReduceMin", [2, 3], [3, NaN, 1, 4, 5, 6], { axes: [1], keepdims: false }).data, [NaN, 4]);
  assert.deepEqual(reduce("ReduceMean", [2], [3, 4], {}, "int64").data, [3]);
});

test("reductions of nothing are their neutral elements", () => {
  const empty = (op: string) => reduce(op, [2, 0], [], { axes: [1], keepdims: false }).data;
  assert.deepEqual(reductions.map(empty), [
    [0, 0],
    [NaN, NaN],
    [-Infinity, -Infinity],
    [Infinity, Infinity],
    [1, 1],
  ]);
});

test("tied extremes share the cotangent evenly", () => {
  assert.deepEqual(gradient("ReduceMax", [1, 3, 2, 3]), [0, 0.5, 0, 0.5]);
  assert.deepEqual(gradient("ReduceMin", [1, 1, 1, 3]), [1 / 3, 1 / 3, 1 / 3, 0]);
});

test("the gradient of a product is exact at zeros, to second order", () => {
  assert.deepEqual(gradient("ReduceProd", [2, 0, 5, 3]), [0, 30, 0, 0]);
  assert.deepEqual(gradient("ReduceProd", [2, 0, 0, 3]), [0, 0, 0, 0]);
  for (const values of [[0, 2, 3], [0, 0, 3, 1.5, -2], [0, 0, 0], [4], [1, 0]]) {
    checkGradient({
      operators,
      build: applying("ReduceProd"),
      inputs: [array64("float64", [values.length], values)],
      order: 2,
    });
  }
});

test("axes that do not fit are refused with a sentence", () => {
  assert.throws(() => reduce("ReduceSum", [2], [1, 2], { axes: [1] }), /axis 1 is outside a tensor of rank 1/);
  assert.throws(() => reduce("ReduceSum", [2, 1], [1, 2], { axes: [1, -1] }), /name one twice/);
});

test("arg reductions find the first extreme, or the last on request", () => {
  const x = [1, 3, 3, 0, 0, 2];
  assert.deepEqual(reduce("ArgMax", [2, 3], x, { axis: 1 }), { shape: [2, 1], data: [1, 2] });
  assert.deepEqual(reduce("ArgMax", [2, 3], x, { axis: 1, select_last_index: true, keepdims: false }), {
    shape: [2],
    data: [2, 2],
  });
  assert.deepEqual(reduce("ArgMin", [2, 3], x, { axis: 1, keepdims: false }).data, [0, 0]);
  assert.deepEqual(reduce("ArgMin", [2, 3], x, { axis: 1, keepdims: false, select_last_index: true }).data, [0, 1]);
  assert.deepEqual(reduce("ArgMax", [2, 3], x, { keepdims: false }).data, [0, 0, 0]);
  assert.deepEqual(reduce("ArgMax", [2, 1, 2], [4, 1, 3, 7], { axis: 0, keepdims: false }), {
    shape: [1, 2],
    data: [0, 1],
  });
  assert.deepEqual(reduce("ArgMax", [3], [1, NaN, 5], { keepdims: false }).data, [1]);
  assert.throws(() => reduce("ArgMax", [0], []), /nothing along the empty axis/);
});
