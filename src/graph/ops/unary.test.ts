import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { erf } from "./erf.ts";
import { coreOperators as operators } from "./table.ts";

const domains: Readonly<Record<string, readonly [number, number]>> = {
  Neg: [-2, 2],
  Exp: [-2, 2],
  Log: [0.2, 3],
  Sqrt: [0.2, 3],
  Sin: [-4, 4],
  Cos: [-4, 4],
  Tan: [-1.2, 1.2],
  Asin: [-0.9, 0.9],
  Acos: [-0.9, 0.9],
  Atan: [-3, 3],
  Sinh: [-2, 2],
  Cosh: [-2, 2],
  Tanh: [-2, 2],
  Asinh: [-3, 3],
  Acosh: [1.2, 4],
  Atanh: [-0.9, 0.9],
  Erf: [-2.2, 2.2],
  Sigmoid: [-4, 4],
  Softplus: [-4, 4],
  Reciprocal: [0.4, 2],
  Abs: [0.1, 3],
  Softsign: [0.1, 3],
};

const run = (op: string, values: readonly number[]): number[] => {
  const b = new Builder(operators);
  const graph = b.finish([b.apply(op, [b.input("x", { dtype: "float64", shape: [values.length] })])]);
  return [
    ...[...evaluate(graph, new Map([["x", array64("float64", [values.length], values)]]), operators).values()][0]!.data,
  ];
};

for (const [op, [low, high]] of Object.entries(domains)) {
  test(`${op}: gradient and second order agree with differences`, () => {
    for (const shape of [[], [5], [2, 0, 3], [2, 3]]) {
      const random = new Random(5);
      const x = array64(
        "float64",
        shape,
        random.uniforms(
          shape.reduce((n, e) => n * e, 1),
          low,
          high,
        ),
      );
      checkGradient({ operators, build: applying(op), inputs: [x], order: 2 });
    }
  });
}

for (const op of ["Abs", "Softsign", "Reciprocal"]) {
  test(`${op}: gradient below zero`, () => {
    checkGradient({
      operators,
      build: applying(op),
      inputs: [array64("float64", [4], [-3, -1.5, -0.7, -0.3])],
      order: 2,
    });
  });
}

test("the error function agrees with mpmath to the last digits", () => {
  const known: readonly (readonly [number, number])[] = [
    [1e-9, 1.1283791670955127e-9],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.4999, 0.9995928300996666],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [5.9, 0.9999999999999999],
  ];
  for (const [x, y] of known) {
    assert.ok(Math.abs(erf(x) - y) <= 4e-16 * y + 0, `erf(${x}) = ${erf(x)}, not ${y}`);
    assert.equal(erf(-x), -erf(x));
  }
  assert.deepEqual([erf(Infinity), erf(-Infinity), erf(NaN), erf(0)], [1, -1, NaN, 0]);
});

test("large arguments neither overflow nor lose their tails", () => {
  assert.deepEqual(run("Softplus", [800, -800, -40]), [800, 0, Math.exp(-40)]);
  assert.deepEqual(run("Sigmoid", [800, -800]), [1, 0]);
  assert.ok(Math.abs(run("Sigmoid", [-40])[0]! / 4.248354255291589e-18 - 1) < 1e-14);
});

test("Round takes halves to the even neighbour", () => {
  assert.deepEqual(run("Round", [-2.5, -1.5, -0.4, 0.5, 1.5, 2.5, 2.500001, 1e300]), [-2, -2, 0, 0, 2, 2, 3, 1e300]);
});

test("Sign, Floor, Ceil and Abs at and around zero", () => {
  assert.deepEqual(run("Sign", [-3, 0, 4, NaN]), [-1, 0, 1, NaN]);
  assert.deepEqual(run("Floor", [-1.5, 1.5]), [-2, 1]);
  assert.deepEqual(run("Ceil", [-1.5, 1.5]), [-1, 2]);
});

test("no gradient passes through a step", () => {
  for (const op of ["Sign", "Floor", "Ceil", "Round"]) {
    checkGradient({ operators, build: applying(op), inputs: [array64("float64", [3], [-1.3, 0.7, 2.2])] });
  }
});

test("integers are refused where only floats have a meaning, with a sentence", () => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "int64", shape: [2] });
  assert.throws(() => b.apply("Exp", [x]), /Exp takes floating-point numbers, not int64/);
  assert.equal(b.apply("Abs", [x]).dtype, "int64");
});
