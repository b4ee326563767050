import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import type { DType } from "../../tensor/dtype.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { Attributes } from "../graph.ts";
import { coreOperators as operators } from "./table.ts";

const positive = (shape: Shape, seed: number): Array64 =>
  array64("float64", shape, new Random(seed).uniforms(sizeOf(shape), 0.5, 2));

const run = (
  op: string,
  dtype: DType,
  x: readonly number[],
  y: readonly number[],
  attributes: Attributes = {},
): number[] => {
  const b = new Builder(operators);
  const [p, q] = [x, y].map((values, i) => b.input(`x${i}`, { dtype, shape: [values.length] }));
  const z = b.apply(op, [p, q], attributes);
  const feeds = new Map([x, y].map((values, i) => [`x${i}`, array64(dtype, [values.length], values)]));
  return [...evaluate(b.finish([z]), feeds, operators).get(z.name)!.data];
};

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[3], [3]],
  [[2, 3], [3]],
  [
    [1, 3],
    [2, 1],
  ],
  [[], [2, 2]],
  [
    [2, 1, 2],
    [4, 1],
  ],
  [[0, 2], [2]],
  [[0], [1]],
  [[], []],
];

for (const op of ["Add", "Sub", "Mul", "Div", "Pow"]) {
  test(`${op}: gradients agree with differences through every broadcast`, () => {
    for (const [x, y] of broadcasts)
      checkGradient({ operators, build: applying(op), inputs: [positive(x, 1), positive(y, 2)], order: 2 });
  });
}

test("an operand used twice gets both cotangents", () => {
  for (const op of ["Add", "Sub", "Mul", "Div", "Pow"]) {
    checkGradient({ operators, build: (b, [x]) => b.apply(op, [x, x]), inputs: [positive([3], 1)], order: 2 });
  }
});

test("Pow: 0⁰ has no slope instead of a NaN, and negative bases take whole exponents", () => {
  const inputs = [array64("float64", [4], [0, 0, -2, -0.5]), array64("float64", [4], [0, 2, 3, 0])];
  checkGradient({ operators, build: applying("Pow"), inputs, wrt: [0] });
  for (const exponent of [0, 1, 2, 3, -1]) {
    const x = array64("float64", [3], [-1.5, 0.5, 2]);
    checkGradient({
      operators,
      build: (b, [base]) => b.apply("Pow", [base, b.scalar(exponent, "float64")]),
      inputs: [x],
      order: 2,
    });
  }
});

test("Mod: gradients of both operands agree with differences between the jumps", () => {
  const inputs = [
    array64("float64", [2, 3], [-4.3, 7.2, 5.6, -0.4, 2.2, 9.9]),
    array64("float64", [3], [2.1, -3.4, 1.7]),
  ];
  checkGradient({ operators, build: applying("Mod", { fmod: true }), inputs, order: 2 });
  assert.throws(() => run("Mod", "float64", [1.5], [1]), /needs fmod/);
});

test("operands of two types are refused, but for Pow's exponent", () => {
  const b = new Builder(operators);
  const [x, n] = [b.input("x", { dtype: "float32", shape: [2] }), b.input("n", { dtype: "int64", shape: [2] })];
  assert.throws(() => b.add(x, n), /Add takes inputs of one type, not float32 and int64/);
  assert.equal(b.apply("Pow", [x, n]).dtype, "float32");
});

test("Mod: the sign of the divisor, or of the dividend with fmod", () => {
  assert.deepEqual(run("Mod", "int32", [-4, 7, 5, -5], [3, -3, 8, 3]), [2, -2, 5, 1]);
  assert.deepEqual(run("Mod", "float64", [-4.3, 7.2], [2.1, -3.4], { fmod: true }), [-4.3 % 2.1, 7.2 % -3.4]);
  assert.deepEqual(run("Mod", "int64", [-4, 7], [3, -3], { fmod: true }), [-1, 1]);
});

test("integers divide toward zero and wrap", () => {
  assert.deepEqual(run("Div", "int32", [-7, 7], [2, 2]), [-3, 3]);
  assert.deepEqual(run("Add", "uint8", [250], [10]), [4]);
  assert.deepEqual(run("Mul", "int8", [100], [2]), [-56]);
  assert.deepEqual(run("Sub", "uint32", [1, 2 ** 32 - 1], [2, 0]), [2 ** 32 - 1, 2 ** 32 - 1]);
  assert.deepEqual(run("Add", "int32", [2 ** 31 - 1], [1]), [-(2 ** 31)]);
  assert.deepEqual(run("Sub", "uint64", [0], [2 ** 11]), [2 ** 64 - 2 ** 11]);
});
