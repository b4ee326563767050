/**
 * Arithmetic of two broadcast operands. Cotangents are summed over the axes along which an operand
 * was broadcast. ONNX Add-14, Sub-14, Mul-14, Div-14, Pow-15, Mod-13.
 */
import { isFloat, type DType } from "../../tensor/dtype.ts";
import { sameShape, sizeOf } from "../../tensor/shape.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { array64, type Array64 } from "../array64.ts";
import { flag } from "../attributes.ts";
import { broadcastOrThrow, type Builder, type Value } from "../builder.ts";
import { operator, type BackwardLaw, type Operator } from "../operator.ts";
import { bias, gain, type Parameter, type Traits } from "../traits.ts";
import { wrapInteger } from "./integers.ts";
import { broadcastIndex } from "./along-axis.ts";
import { demandSameType } from "./operands.ts";
import { combines } from "../axes/combine.ts";

/** `f` over broadcast pairs; the result has `dtype`. */
export function zip(x: Array64, y: Array64, dtype: DType, f: (x: number, y: number) => number): Array64 {
  const shape = broadcastOrThrow("operands", x.shape, y.shape);
  const size = shape.reduce((n, extent) => n * extent, 1);
  const out = new Float64Array(size);
  if (sameShape(x.shape, y.shape)) for (let i = 0; i < size; i++) out[i] = f(x.data[i]!, y.data[i]!);
  else if (y.data.length === 1) for (let i = 0, b = y.data[0]!; i < size; i++) out[i] = f(x.data[i]!, b);
  else if (x.data.length === 1) for (let i = 0, a = x.data[0]!; i < size; i++) out[i] = f(a, y.data[i]!);
  else {
    const ix = broadcastIndex(x.shape, shape);
    const iy = broadcastIndex(y.shape, shape);
    for (let i = 0; i < size; i++) out[i] = f(x.data[ix[i]!]!, y.data[iy[i]!]!);
  }
  return array64(dtype, shape, out);
}

const binary = (
  name: string,
  f: (dtype: DType) => (x: number, y: number) => number,
  backward: BackwardLaw<Record<never, never>, 2>,
  parameters: NonNullable<Traits["parameters"]> = {},
): Operator<Record<never, never>, 2> =>
  operator(name, {
    attributes: {},
    inputs: 2,
    traits: { kind: "elementwise", parameters },
    // Pow alone takes an exponent of another type.
    axes: combines,
    infer: ([x, y]) => [
      {
        dtype: name === "Pow" ? x.dtype : demandSameType(name, [x, y]),
        shape: broadcastOrThrow(name, x.shape, y.shape),
      },
    ],
    evaluate: ([x, y]) => {
      const law = f(x.dtype);
      return [zip(x, y, x.dtype, isFloat(x.dtype) ? law : (a, b) => wrapInteger(law(a, b), x.dtype))];
    },
    backward,
  });

/** A single number is a setting, e.g. ½ in a formula; a vector is learned. */
const unlessSingle =
  (learned: Parameter): Parameter =>
  (shape, attributes) =>
    sizeOf(shape) > 1 ? learned(shape, attributes) : undefined;

/** x + y. Backward: dx = dy = dz. */
export const add = binary(
  "Add",
  () => (x, y) => x + y,
  ({ inputs: [x, y], grad, b }) => [b.unbroadcast(grad, x.shape), b.unbroadcast(grad, y.shape)],
  unlessSingle(bias),
);

/** x − y. Backward: dx = dz, dy = −dz. Constants are settings: pictures are normalized so, by a mean and a Div. */
export const sub = binary(
  "Sub",
  () => (x, y) => x - y,
  ({ inputs: [x, y], grad, needs, b }) => [
    b.unbroadcast(grad, x.shape),
    needs[1] ? b.neg(b.unbroadcast(grad, y.shape)) : null,
  ],
);

/** x·y. Backward: dx = dz·y, dy = dz·x. */
export const mul = binary(
  "Mul",
  () => (x, y) => x * y,
  ({ inputs: [x, y], grad, needs, b }) => [
    needs[0] ? b.unbroadcast(b.mul(grad, y), x.shape) : null,
    needs[1] ? b.unbroadcast(b.mul(grad, x), y.shape) : null,
  ],
  unlessSingle(gain),
);

/** x/y; integers divide toward zero, as C does. Backward: dx = dz/y, dy = −dz·x/y². */
export const div = binary(
  "Div",
  (dtype) => (isFloat(dtype) ? (x, y) => x / y : (x, y) => Math.trunc(x / y)),
  ({ inputs: [x, y], outputs: [z], grad, needs, b }) => [
    needs[0] ? b.unbroadcast(b.div(grad, y), x.shape) : null,
    needs[1] ? b.neg(b.unbroadcast(b.div(b.mul(grad, z), y), y.shape)) : null,
  ],
);

/**
 * xʸ. Backward: dx = dz·y·xʸ⁻¹, which is 0 at x = y = 0; dy = dz·xʸ·ln x, taken as 0 where x ≤ 0, where
 * the derivative in the exponent is undefined or a limit of 0. A known exponent, the usual case, needs less.
 */
export const pow = binary(
  "Pow",
  () => (x, y) => x ** y,
  ({ inputs: [x, y], outputs: [z], grad, needs, b }) => [
    needs[0] ? b.unbroadcast(b.mul(grad, baseSlope(b, x, y)), x.shape) : null,
    needs[1] ? b.unbroadcast(b.mul(grad, b.mul(z, safeLog(b, x))), y.shape) : null,
  ],
);

function baseSlope(b: Builder, x: Value, y: Value): Value {
  const known = sizeOf(y.shape) === 1 && b.constantOf(y);
  const exponent = known ? toNumbers(known.load())[0]! : undefined;
  if (exponent === 0) return b.zeros(x);
  if (exponent === 2) return b.scale(x, 2);
  if (exponent !== undefined) return b.scale(b.apply("Pow", [x, b.scalar(exponent - 1, y.dtype)]), exponent);
  const isZero = (value: Value): Value => b.apply("Equal", [value, b.scalar(0, value.dtype)]);
  const corner = b.cast(b.apply("And", [isZero(x), isZero(y)]), y.dtype);
  return b.mul(b.cast(y, x.dtype), b.apply("Pow", [x, b.add(b.shift(y, -1), corner)]));
}

/** ln x, or 0 where x ≤ 0. */
const safeLog = (b: Builder, x: Value): Value =>
  b.apply("Log", [b.where(b.greater(x, b.scalar(0, x.dtype)), x, b.scalar(1, x.dtype))]);

/** The remainder takes the sign of the divisor; of C's, which has the dividend's, one divisor is added if they differ. */
const floorMod = (x: number, y: number): number => {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
};

/**
 * Remainder: the sign follows the divisor (Python), or the dividend with `fmod` (C), which floats need.
 * Backward: dx = dz; dy = −dz·(x − z)/y, the whole quotient.
 */
export const mod = operator("Mod", {
  attributes: { fmod: flag(false) },
  inputs: 2,
  traits: { kind: "elementwise", parameters: {} },
  axes: combines,
  infer: ([x, y], { fmod }) => {
    if (isFloat(x.dtype) && !fmod)
      throw new TypeError("Mod of floating-point numbers is the C remainder: it needs fmod");
    return [{ dtype: demandSameType("Mod", [x, y]), shape: broadcastOrThrow("Mod", x.shape, y.shape) }];
  },
  evaluate: ([x, y], { fmod }) => {
    const law = fmod ? (p: number, q: number) => p % q : floorMod;
    return [zip(x, y, x.dtype, isFloat(x.dtype) ? law : (p, q) => wrapInteger(law(p, q), x.dtype))];
  },
  backward: ({ inputs: [x, y], outputs: [z], grad, needs, b }) => [
    b.unbroadcast(grad, x.shape),
    needs[1] ? b.neg(b.unbroadcast(b.mul(grad, b.div(b.sub(x, z), y)), y.shape)) : null,
  ],
});
