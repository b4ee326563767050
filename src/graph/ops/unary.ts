/**
 * Functions of one number, elementwise. Where a derivative has a pole (√0, ln 0, asin 1) the law
 * returns the infinity it is, as PyTorch does.
 */
import type { TensorType } from "../../tensor/tensor.ts";
import type { Array64 } from "../array64.ts";
import type { Builder, Value } from "../builder.ts";
import { operator, type Operator } from "../operator.ts";
import type { Traits } from "../traits.ts";
import { erf as erf64 } from "./erf.ts";
import { wrapInteger } from "./integers.ts";
import { demandFloat, demandNumber } from "./operands.ts";
import { combines } from "../axes/combine.ts";

/** `f` of every element. */
export function mapElements(x: Array64, f: (x: number) => number): Array64 {
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i]!);
  return { dtype: x.dtype, shape: x.shape, data };
}

/** What an elementwise backward law may use: the builder, input, output and the output's cotangent. */
type Derivative = (b: Builder, x: Value, y: Value, dy: Value) => Value;

const elementwise = (
  name: string,
  f: (x: number) => number,
  derivative: Derivative | "none",
  demand: (op: string, x: TensorType) => TensorType = demandFloat,
  more: Partial<Traits> = {},
): Operator<Record<never, never>, 1> =>
  operator(name, {
    attributes: {},
    inputs: 1,
    traits: { kind: "elementwise", ...more },
    axes: combines,
    infer: ([x]) => [demand(name, x)],
    evaluate: ([x]) => [mapElements(x, f)],
    backward: derivative === "none" ? "none" : ({ inputs: [x], outputs: [y], grad, b }) => [derivative(b, x, y, grad)],
  });

const activation = (name: string, f: (x: number) => number, derivative: Derivative, more: Partial<Traits> = {}) =>
  elementwise(name, f, derivative, demandFloat, { activation: true, ...more });

const squared = (b: Builder, x: Value): Value => b.mul(x, x);
/** 1 − x² and relatives: `offset + sign·x²`. */
const shiftedSquare = (b: Builder, x: Value, offset: number, sign: 1 | -1): Value =>
  sign === 1 ? b.shift(squared(b, x), offset) : b.sub(b.scalar(offset, x.dtype), squared(b, x));
const root = (b: Builder, x: Value): Value => b.apply("Sqrt", [x]);

/** −x. Backward: −dy. ONNX Neg-13. The most negative integer stays itself. */
export const neg = operator("Neg", {
  attributes: {},
  inputs: 1,
  traits: { kind: "elementwise" },
  axes: combines,
  infer: ([x]) => [demandNumber("Neg", x)],
  evaluate: ([x]) => [mapElements(x, (value) => wrapInteger(-value, x.dtype))],
  backward: ({ grad, b }) => [b.neg(grad)],
});

/** |x|. Backward: dy·sign x, so 0 at 0. ONNX Abs-13. */
export const abs = elementwise("Abs", Math.abs, (b, x, _y, dy) => b.mul(dy, b.apply("Sign", [x])), demandNumber);

/** sign x ∈ {−1, 0, 1}. Piecewise constant. ONNX Sign-13. */
export const sign = elementwise("Sign", Math.sign, "none", demandNumber);

/** eˣ. Backward: dy·y. ONNX Exp-13. */
export const exp = elementwise("Exp", Math.exp, (b, _x, y, dy) => b.mul(dy, y));

/** ln x. Backward: dy/x. ONNX Log-13. */
export const log = elementwise("Log", Math.log, (b, x, _y, dy) => b.div(dy, x));

/** √x. Backward: dy/2y. ONNX Sqrt-13. */
export const sqrt = elementwise("Sqrt", Math.sqrt, (b, _x, y, dy) => b.div(b.scale(dy, 0.5), y));

/** 1/x. Backward: −dy·y². ONNX Reciprocal-13. */
export const reciprocal = elementwise(
  "Reciprocal",
  (x) => 1 / x,
  (b, _x, y, dy) => b.neg(b.mul(dy, squared(b, y))),
);

/** sin x. Backward: dy·cos x. ONNX Sin-7. */
export const sin = elementwise("Sin", Math.sin, (b, x, _y, dy) => b.mul(dy, b.apply("Cos", [x])));

/** cos x. Backward: −dy·sin x. ONNX Cos-7. */
export const cos = elementwise("Cos", Math.cos, (b, x, _y, dy) => b.neg(b.mul(dy, b.apply("Sin", [x]))));

/** tan x. Backward: dy·(1 + y²). ONNX Tan-7. */
export const tan = elementwise("Tan", Math.tan, (b, _x, y, dy) => b.mul(dy, shiftedSquare(b, y, 1, 1)));

/** arcsin x. Backward: dy/√(1 − x²). ONNX Asin-7. */
export const asin = elementwise("Asin", Math.asin, (b, x, _y, dy) => b.div(dy, root(b, shiftedSquare(b, x, 1, -1))));

/** arccos x. Backward: −dy/√(1 − x²). ONNX Acos-7. */
export const acos = elementwise("Acos", Math.acos, (b, x, _y, dy) =>
  b.neg(b.div(dy, root(b, shiftedSquare(b, x, 1, -1)))),
);

/** arctan x. Backward: dy/(1 + x²). ONNX Atan-7. */
export const atan = elementwise("Atan", Math.atan, (b, x, _y, dy) => b.div(dy, shiftedSquare(b, x, 1, 1)));

/** sinh x. Backward: dy·cosh x. ONNX Sinh-9. */
export const sinh = elementwise("Sinh", Math.sinh, (b, x, _y, dy) => b.mul(dy, b.apply("Cosh", [x])));

/** cosh x. Backward: dy·sinh x. ONNX Cosh-9. */
export const cosh = elementwise("Cosh", Math.cosh, (b, x, _y, dy) => b.mul(dy, b.apply("Sinh", [x])));

/** tanh x. Backward: dy·(1 − y²). ONNX Tanh-13. */
export const tanh = activation("Tanh", Math.tanh, (b, _x, y, dy) => b.mul(dy, shiftedSquare(b, y, 1, -1)));

/** arsinh x. Backward: dy/√(x² + 1). ONNX Asinh-9. */
export const asinh = elementwise("Asinh", Math.asinh, (b, x, _y, dy) => b.div(dy, root(b, shiftedSquare(b, x, 1, 1))));

/** arcosh x. Backward: dy/√(x² − 1). ONNX Acosh-9. */
export const acosh = elementwise("Acosh", Math.acosh, (b, x, _y, dy) => b.div(dy, root(b, shiftedSquare(b, x, -1, 1))));

/** artanh x. Backward: dy/(1 − x²). ONNX Atanh-9. */
export const atanh = elementwise("Atanh", Math.atanh, (b, x, _y, dy) => b.div(dy, shiftedSquare(b, x, 1, -1)));

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt. Backward: dy·2/√π·e^(−x²). ONNX Erf-13. */
export const erf = elementwise("Erf", erf64, (b, x, _y, dy) =>
  b.mul(dy, b.scale(b.apply("Exp", [b.neg(squared(b, x))]), 2 / Math.sqrt(Math.PI))),
);

/** σ(x) = 1/(1 + e^(−x)). Backward: dy·y·(1 − y). ONNX Sigmoid-13. */
export const sigmoid = activation(
  "Sigmoid",
  sigmoid64,
  (b, _x, y, dy) => b.mul(dy, b.mul(y, b.sub(b.scalar(1, y.dtype), y))),
  { probabilities: "sigmoid" },
);

/** ln(1 + eˣ), without overflow. Backward: dy·σ(x). ONNX Softplus-1. */
export const softplus = activation(
  "Softplus",
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (b, x, _y, dy) => b.mul(dy, b.apply("Sigmoid", [x])),
);

/** x/(1 + |x|). Backward: dy/(1 + |x|)². ONNX Softsign-1. */
export const softsign = activation(
  "Softsign",
  (x) => x / (1 + Math.abs(x)),
  (b, x, _y, dy) => b.div(dy, squared(b, b.shift(b.apply("Abs", [x]), 1))),
);

/** ⌊x⌋. Piecewise constant. ONNX Floor-13. */
export const floor = elementwise("Floor", Math.floor, "none");

/** ⌈x⌉. Piecewise constant. ONNX Ceil-13. */
export const ceil = elementwise("Ceil", Math.ceil, "none");

/** Nearest integer, halves to even. Piecewise constant. ONNX Round-11. */
export const round = elementwise("Round", roundHalfEven, "none");

export function sigmoid64(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
  return rest < 0.5 ? down : down + 1;
}
