import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { Attributes } from "../graph.ts";
import { coreOperators as operators } from "./table.ts";

const end = 2 ** 63;

function sliced(shape: Shape, attributes: Attributes): { shape: Shape; data: number[] } {
  const b = new Builder(operators);
  const y = b.apply("Slice", [b.input("x", { dtype: "float64", shape })], attributes);
  const x = array64(
    "float64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );
  return { shape: y.shape, data: [...evaluate(b.finish([y]), new Map([["x", x]]), operators).get(y.name)!.data] };
}

test("bounds mean what NumPy's mean", () => {
  const one = (start: number, stop: number, step = 1) =>
    sliced([6], { starts: [start], ends: [stop], steps: [step] }).data;
  assert.deepEqual(one(1, 4), [1, 2, 3]);
  assert.deepEqual(one(-2, end), [4, 5]);
  assert.deepEqual(one(-100, 100), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(one(4, 2), []);
  assert.deepEqual(one(0, 6, 4), [0, 4]);
  assert.deepEqual(one(-1, -end, -1), [5, 4, 3, 2, 1, 0]);
  assert.deepEqual(one(end, 0, -2), [5, 3, 1]);
  assert.deepEqual(one(3, -7, -2), [3, 1]);
  assert.deepEqual(one(-100, 3, -1), []);
  assert.deepEqual(one(-100, -end, -1), [0]);
  assert.deepEqual(sliced([0], { starts: [-1], ends: [-end], steps: [-1] }), { shape: [0], data: [] });
});

test("axes in any order, counted from either end", () => {
  assert.deepEqual(sliced([2, 3, 2], { starts: [1, 0], ends: [3, 1], axes: [-2, 0] }), {
    shape: [1, 2, 2],
    data: [2, 3, 4, 5],
  });
  assert.throws(() => sliced([2, 3], { starts: [0, 0], ends: [1, 1], axes: [1, -1] }), /axis 1 twice/);
  assert.throws(() => sliced([2], { starts: [0], ends: [1], axes: [0], steps: [0] }), /steps of 0/);
  assert.throws(() => sliced([2], { starts: [0], ends: [1, 2] }), /as many starts as ends/);
});

const cases: readonly (readonly [Shape, Attributes])[] = [
  [[6], { starts: [1], ends: [4] }],
  [[6], { starts: [1], ends: [6], steps: [2] }],
  [[7], { starts: [-1], ends: [-end], steps: [-3] }],
  [[7], { starts: [5], ends: [1], steps: [-1] }],
  [[3, 5, 4], { starts: [0, 1], ends: [end, 5], axes: [2, 1], steps: [3, 2] }],
  [[2, 3, 2, 2, 3, 3], { starts: [0, 2], ends: [3, -end], axes: [1, 5], steps: [2, -2] }],
  [[4, 3], { starts: [2], ends: [2] }],
  [[4, 3], { starts: [3], ends: [4], steps: [5] }],
];

for (const [shape, attributes] of cases) {
  test(`[${shape}] ${JSON.stringify(attributes)}: gradient agrees with differences`, () => {
    const x = array64("float64", shape, new Random(1).normals(sizeOf(shape)));
    checkGradient({ operators, build: applying("Slice", attributes), inputs: [x], order: 2 });
  });
}
