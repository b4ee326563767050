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

function padded(shape: Shape, attributes: Attributes): number[] {
  const b = new Builder(operators);
  const y = b.apply("Pad", [b.input("x", { dtype: "float64", shape })], attributes);
  const x = array64(
    "float64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
  );
  return [...evaluate(b.finish([y]), new Map([["x", x]]), operators).get(y.name)!.data];
}

test("each mode continues a row as numpy.pad does", () => {
  const row = (mode: string, pads: number[]) => padded([3], { mode, pads });
  assert.deepEqual(padded([3], { pads: [1, 2], constant_value: 9 }), [9, 1, 2, 3, 9, 9]);
  assert.deepEqual(row("edge", [2, 1]), [1, 1, 1, 2, 3, 3]);
  assert.deepEqual(row("reflect", [2, 2]), [3, 2, 1, 2, 3, 2, 1]);
  assert.deepEqual(row("wrap", [4, 1]), [3, 1, 2, 3, 1, 2, 3, 1]);
  assert.deepEqual(padded([2, 2], { pads: [0, 1, 1, 0] }), [0, 1, 2, 0, 3, 4, 0, 0, 0]);
});

test("negative counts crop, before a mode looks for values", () => {
  assert.deepEqual(padded([4], { pads: [-1, -2] }), [2]);
  assert.deepEqual(padded([4], { pads: [-1, 1] }), [2, 3, 4, 0]);
  assert.deepEqual(padded([4], { pads: [-2, 3], mode: "edge" }), [3, 4, 4, 4, 4]);
  assert.deepEqual(padded([4], { pads: [-1, 2], mode: "reflect" }), [2, 3, 4, 3, 2]);
  assert.deepEqual(padded([4], { pads: [-2, 3], mode: "wrap" }), [3, 4, 3, 4, 3]);
});

test("infinite fills are kept apart", () => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float64", shape: [1] });
  const [low, high] = [-Infinity, Infinity].map((constant_value) =>
    b.apply("Pad", [x], { pads: [1, 0], constant_value }),
  );
  assert.notEqual(low!.name, high!.name);
});

test("what cannot be padded is refused with a sentence", () => {
  assert.throws(() => padded([3], { pads: [1] }), /two counts for each axis/);
  assert.throws(() => padded([3], { pads: [-2, -2] }), /cannot crop 4 of 3 elements along axis 0/);
  assert.throws(
    () => padded([0], { pads: [1, 0], mode: "edge" }),
    /cannot add 1 elements with mode edge along axis 0: at most 0 are possible/,
  );
  assert.throws(
    () => padded([3], { pads: [1, 3], mode: "reflect" }),
    /cannot add 3 elements with mode reflect along axis 0: at most 2 are possible/,
  );
  assert.throws(() => padded([3], { pads: [1, 0], mode: "mirror" }), /does not support the mode mirror/);
});

const cases: readonly (readonly [Shape, Attributes])[] = [
  [[2, 3], { pads: [1, 0, 2, 3], constant_value: 4 }],
  [[4], { pads: [-1, 2] }],
  [[4], { pads: [-1, -1] }],
  [[3, 4], { pads: [1, 2, 2, 3], mode: "reflect" }],
  [[5], { pads: [-1, 3], mode: "reflect" }],
  [[1, 2], { pads: [0, 1, 0, 1], mode: "reflect" }],
  [[2, 3, 2], { pads: [0, 2, 1, 0, 3, 0], mode: "edge" }],
  [[4], { pads: [-2, 3], mode: "edge" }],
  [[1], { pads: [2, 2], mode: "edge" }],
  [[3, 2], { pads: [4, 1, 5, 2], mode: "wrap" }],
  [[5], { pads: [-1, 3], mode: "wrap" }],
  [[4], { pads: [-2, -2], mode: "wrap" }],
  [[0, 2], { pads: [1, 0, 0, 0] }],
];

for (const [shape, attributes] of cases) {
  test(`[${shape}] ${JSON.stringify(attributes)}: gradient agrees with differences`, () => {
    const x = array64("float64", shape, new Random(1).normals(sizeOf(shape)));
    checkGradient({ operators, build: applying("Pad", attributes), inputs: [x], order: 2 });
  });
}
