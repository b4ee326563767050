import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import type { DType } from "../../tensor/dtype.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

const normal = (shape: Shape, seed: number): Array64 =>
  array64("float64", shape, new Random(seed).normals(sizeOf(shape)));

test("Where: gradients reach the side that was chosen, through every broadcast", () => {
  for (const [c, x, y] of [
    [[4], [4], [4]],
    [[2, 1], [3], [2, 3]],
    [[], [2, 3], [1]],
    [[2, 3], [], []],
    [[0], [0], [1]],
  ] as const) {
    const condition = array64(
      "bool",
      c,
      Float64Array.from({ length: sizeOf(c) }, (_, i) => i % 2),
    );
    checkGradient({ operators, build: applying("Where"), inputs: [condition, normal(x, 1), normal(y, 2)], order: 2 });
  }
});

test("Max and Min: gradients of several broadcast inputs", () => {
  for (const op of ["Max", "Min"]) {
    for (const shapes of [[[3]], [[2, 3], [3]], [[2, 1], [1, 3], []], [[4], [4], [4], [1]]]) {
      checkGradient({
        operators,
        build: applying(op),
        inputs: shapes.map((shape, i) => normal(shape, i + 3)),
        order: 2,
      });
    }
  }
});

test("Max and Min share the cotangent of a tie evenly, and pass NaN on", () => {
  for (const op of ["Max", "Min"]) {
    const b = new Builder(operators);
    const inputs = ["x", "y", "z"].map((name) => b.input(name, { dtype: "float64", shape: [2] }));
    const top = b.apply(op, inputs);
    const grads = differentiate(b, [{ of: top, cotangent: b.expand(b.scalar(1, "float64"), [2]) }], inputs);
    const data: Readonly<Record<string, readonly number[]>> = { x: [3, 1], y: [3, 1], z: [op === "Max" ? 2 : 4, 1] };
    const feeds = new Map(Object.entries(data).map(([name, numbers]) => [name, array64("float64", [2], numbers)]));
    const values = evaluate(b.finish(grads as never), feeds, operators);
    assert.deepEqual(
      grads.map((grad) => [...values.get(grad!.name)!.data]),
      [
        [0.5, 1 / 3],
        [0.5, 1 / 3],
        [0, 1 / 3],
      ],
    );
    const passed = evaluate(b.finish([top]), new Map(feeds).set("z", array64("float64", [2], [NaN, 0])), operators);
    assert.ok(Number.isNaN(passed.get(top.name)!.data[0]));
  }
});

const cast = (from: DType, to: DType, values: readonly number[]): number[] => {
  const b = new Builder(operators);
  const y = b.apply("Cast", [b.input("x", { dtype: from, shape: [values.length] })], { to });
  assert.equal(y.dtype, to);
  return [
    ...evaluate(b.finish([y]), new Map([["x", array64(from, [values.length], values)]]), operators).get(y.name)!.data,
  ];
};

test("Cast converts as C does", () => {
  assert.deepEqual(cast("float64", "int32", [-1.9, 1.9, 2 ** 31]), [-1, 1, -(2 ** 31)]);
  assert.deepEqual(cast("int64", "uint8", [-1, 256, 255]), [255, 0, 255]);
  assert.deepEqual(cast("float64", "bool", [0, -0, 0.2, NaN]), [0, 0, 1, 1]);
  assert.deepEqual(cast("bool", "float32", [0, 1]), [0, 1]);
  assert.throws(() => cast("float64", "complex" as DType, [1]), /does not support the type complex/);
});

test("Cast: cotangents pass between floats and stop at integers", () => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float32", shape: [2] });
  const wide = b.cast(x, "float64");
  const [dx] = differentiate(b, [{ of: wide, cotangent: wide }], [x]);
  assert.equal(dx!.dtype, "float32");
  const whole = b.cast(b.cast(x, "int32"), "float32");
  assert.deepEqual(differentiate(b, [{ of: whole, cotangent: whole }], [x]), [null]);
});

test("types that differ are refused with a sentence", () => {
  const b = new Builder(operators);
  const [x, n] = [b.input("x", { dtype: "float32", shape: [2] }), b.input("n", { dtype: "int64", shape: [2] })];
  assert.throws(() => b.apply("Max", [x, n]), /Max takes inputs of one type, not float32 and int64/);
  assert.throws(() => b.apply("Where", [x, x, x]), /Where takes bool, not float32/);
});
