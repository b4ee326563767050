import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64 } from "../array64.ts";
import type { Attributes } from "../graph.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

/** Values of alternating sign, a safe way from 0 and from other kinks at halves and integers. */
const awayFromKinks = (n: number, seed: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: n }, () => Math.round(random.uniform(-3, 3) * 2) / 2 + random.uniform(0.1, 0.4));
};

const run = (
  op: string,
  values: readonly number[],
  attributes: Attributes = {},
  { gradient = false } = {},
): number[] => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float64", shape: [values.length] });
  const y = b.apply(op, [x], attributes);
  const result = gradient
    ? differentiate(b, [{ of: y, cotangent: b.expand(b.scalar(1, "float64"), y.shape) }], [x])[0]!
    : y;
  return [
    ...evaluate(b.finish([result]), new Map([["x", array64("float64", [values.length], values)]]), operators).get(
      result.name,
    )!.data,
  ];
};

const cases: readonly (readonly [string, Attributes])[] = [
  ["Relu", {}],
  ["LeakyRelu", {}],
  ["LeakyRelu", { alpha: -0.3 }],
  ["Elu", {}],
  ["Elu", { alpha: 2.5 }],
  ["Selu", {}],
  ["Celu", {}],
  ["Celu", { alpha: 0.7 }],
  ["ThresholdedRelu", {}],
  ["ThresholdedRelu", { alpha: -1.5 }],
  ["HardSigmoid", {}],
  ["HardSigmoid", { alpha: 0.5, beta: 0 }],
  ["Gelu", {}],
  ["Gelu", { approximate: "tanh" }],
  ["Clip", {}],
  ["Clip", { min: 0, max: 2 }],
  ["Clip", { min: -1 }],
  ["Clip", { max: 1 }],
];

for (const [op, attributes] of cases) {
  test(`${op} ${JSON.stringify(attributes)}: gradient and second order agree with differences`, () => {
    for (const shape of [[], [7], [2, 3, 2], [0]]) {
      const x = array64(
        "float64",
        shape,
        awayFromKinks(
          shape.reduce((n, e) => n * e, 1),
          11,
        ),
      );
      checkGradient({ operators, build: applying(op, attributes), inputs: [x], order: 2 });
    }
  });
}

test("PRelu: gradients of input and slope, for each way a slope broadcasts", () => {
  for (const slope of [[], [1], [3], [2, 1, 1], [2, 4, 3]]) {
    const random = new Random(2);
    const x = array64("float64", [2, 4, 3], awayFromKinks(24, 3));
    const s = array64("float64", slope, random.normals(slope.reduce((n, e) => n * e, 1)));
    checkGradient({ operators, build: applying("PRelu"), inputs: [x, s], order: 2 });
  }
  const b = new Builder(operators);
  const [x, s] = [b.input("x", { dtype: "float32", shape: [2] }), b.input("s", { dtype: "float32", shape: [3, 2] })];
  assert.throws(() => b.apply("PRelu", [x, s]), /cannot broadcast a slope/);
});

const torch = {
  gelu: [-0.04550026389635842, -0.15426876936299344, 0.0, 0.34573123063700656, 2.99595030590511],
  geluTanh: [-0.04540230591222494, -0.15428599017485606, 0.0, 0.34571400982514394, 2.996362607918227],
  selu: [-1.5201664733475926, -0.6917581899652425, 0.0, 0.5253505110740662, 3.152103066444397],
  celu: [-0.6597971665126678, -0.3573208383101328, 0.0, 0.5, 3.0],
  elu: [-0.6052653017343711, -0.2754285382011566, 0.0, 0.5, 3.0],
};

test("values agree with torch 2.15 in float64", () => {
  const near = (actual: readonly number[], expected: readonly number[]) =>
    actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-15, `${value}, not ${expected[i]}`));
  const x = [-2, -0.5, 0, 0.5, 3];
  near(run("Gelu", x), torch.gelu);
  near(run("Gelu", x, { approximate: "tanh" }), torch.geluTanh);
  near(run("Selu", x), torch.selu);
  near(run("Celu", x, { alpha: 0.7 }), torch.celu);
  near(run("Elu", x, { alpha: 0.7 }), torch.elu);
});

test("at a kink the flatter side's slope is taken", () => {
  assert.deepEqual(run("Relu", [0], {}, { gradient: true }), [0]);
  assert.deepEqual(run("LeakyRelu", [0], { alpha: 0.1 }, { gradient: true }), [0.1]);
  assert.deepEqual(run("Clip", [-1, 0, 3, 6, 7], { min: 0, max: 6 }, { gradient: true }), [0, 0, 1, 0, 0]);
});

test("Clip: bounds in the wrong order give max; NaN passes", () => {
  assert.deepEqual(run("Clip", [-5, 0, 5, NaN], { min: 2, max: 1 }), [1, 1, 1, NaN]);
});
