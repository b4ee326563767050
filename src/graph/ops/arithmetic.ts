/**
 * Arithmetic of two broadcast operands. Cotangents are summed over the axes along which an operand
 * was broadcast. ONNX Add-14, Sub-14, Mul-14, Div-14, Pow-15, Mod-13.
 */
import { isFloat, type DType } from "../../tensor/dtype.ts";
import { sameShape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { flag, type AttributeSpecs } from "../attributes.ts";
import { broadcastOrThrow } from "../builder.ts";
import { operator, type BackwardLaw, type Operator } from "../operator.ts";
import { wrapInteger } from "./integers.ts";
import { broadcastIndex } from "./lanes.ts";

/** `f` over broadcast pairs; the result has `dtype`. */
export function zip(x: Array64, y: Array64, dtype: DType, f: (x: number, y: number) => number): Array64 {
  const shape = broadcastOrThrow("operands", x.shape, y.shape);
  const size = shape.reduce((n, extent) => n * extent, 1);
  const out = new Float64Array(size);
  if (sameShape(x.shape, y.shape)) for (let i = 0; i < size; i++) out[i] = f(x.data[i]!, y.data[i]!);
  else {
    const ix = broadcastIndex(x.shape, shape);
    const iy = broadcastIndex(y.shape, shape);
    for (let i = 0; i < size; i++) out[i] = f(x.data[ix[i]!]!, y.data[iy[i]!]!);
  }
  return array64(dtype, shape, out);
}

const binary = <const S extends AttributeSpecs>(
  name: string,
  attributes: S,
  f: (dtype: DType) => (x: number, y: number) => number,
  backward: BackwardLaw<S> | "none",
): Operator<S> =>
  operator(name, {
    attributes,
    inputs: 2,
    infer: ([x, y]) => [{ dtype: x.dtype, shape: broadcastOrThrow(name, x.shape, y.shape) }],
    evaluate: ([x, y]) => {
      const law = f(x.dtype);
      return [zip(x, y, x.dtype, isFloat(x.dtype) ? law : (a, b) => wrapInteger(law(a, b), x.dtype))];
    },
    backward,
  });

/** x + y. Backward: dx = dy = dz. */
export const add = binary("Add", {}, () => (x, y) => x + y, ({ inputs: [x, y], grad, b }) => [
  b.unbroadcast(grad, x.shape),
  b.unbroadcast(grad, y.shape),
]);

/** x − y. Backward: dx = dz, dy = −dz. */
export const sub = binary("Sub", {}, () => (x, y) => x - y, ({ inputs: [x, y], grad, needs, b }) => [
  b.unbroadcast(grad, x.shape),
  needs[1] ? b.neg(b.unbroadcast(grad, y.shape)) : null,
]);

/** x·y. Backward: dx = dz·y, dy = dz·x. */
export const mul = binary("Mul", {}, () => (x, y) => x * y, ({ inputs: [x, y], grad, needs, b }) => [
  needs[0] ? b.unbroadcast(b.mul(grad, y), x.shape) : null,
  needs[1] ? b.unbroadcast(b.mul(grad, x), y.shape) : null,
]);

/** x/y; integers divide toward zero, as C does. Backward: dx = dz/y, dy = −dz·x/y². */
export const div = binary("Div", {}, (dtype) => (isFloat(dtype) ? (x, y) => x / y : (x, y) => Math.trunc(x / y)), ({
  inputs: [x, y],
  outputs: [z],
  grad,
  needs,
  b,
}) => [
  needs[0] ? b.unbroadcast(b.div(grad, y), x.shape) : null,
  needs[1] ? b.neg(b.unbroadcast(b.div(b.mul(grad, z), y), y.shape)) : null,
]);

/**
 * xʸ. Backward: dx = dz·y·xʸ⁻¹; dy = dz·xʸ·ln x, taken as 0 where x ≤ 0, where the
 * derivative in the exponent is undefined or a limit of 0.
 */
export const pow = binary("Pow", {}, () => (x, y) => x ** y, ({ inputs: [x, y], outputs: [z], grad, needs, b }) => {
  const positive = (value: typeof x) => b.greater(value, b.scalar(0, value.dtype));
  const log = () => b.apply("Log", [b.where(positive(x), x, b.scalar(1, x.dtype))]);
  return [
    needs[0] ? b.unbroadcast(b.mul(grad, b.mul(y, b.apply("Pow", [x, b.shift(y, -1)]))), x.shape) : null,
    needs[1] ? b.unbroadcast(b.mul(grad, b.mul(z, log())), y.shape) : null,
  ];
});

/**
 * Remainder: the sign follows the divisor (Python), or the dividend with `fmod` (C).
 * Backward: dx = dz; dy is left out, since ONNX models use it on integers.
 */
export const mod = binary("Mod", { fmod: flag(false) }, () => (x, y) => ((x % y) + y) % y, ({ inputs: [x], grad, b }) => [
  b.unbroadcast(grad, x.shape),
  null,
]);
