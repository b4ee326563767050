import { isFloat } from "../../../tensor/dtype.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { normalizeAxis } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import { elementTypeOf, type OnnxElementType } from "../element-types.ts";
import type { LoweringContext, Lowerings } from "./context.ts";
import type { Unrounded } from "./session.ts";

const note =
  "quantised weights and activations dequantised: activations are clipped to the quantised range but not rounded, so that gradients flow";

export const ranges: Readonly<Partial<Record<OnnxElementType | DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int4: [-8, 7],
  uint4: [0, 15],
  int2: [-2, 1],
  uint2: [0, 3],
};

/** A scale or zero point beside x: a scalar, one per place of `axis`, or one per block along it. */
function beside(c: LoweringContext, x: Value, parameter: Value, axis: number): Value {
  const { b } = c;
  const size = parameter.shape.reduce((n, extent) => n * extent, 1);
  if (size === 1 && parameter.shape.length <= 1) return b.reshape(parameter, []);
  if (parameter.shape.length <= 1)
    return b.reshape(
      parameter,
      x.shape.map((_, i) => (i === axis ? size : 1)),
    );
  const along = normalizeAxis(axis, x.shape.length);
  const blocks = parameter.shape[along]!;
  if (blocks === x.shape[along]) return parameter;
  const block = c.integer("block_size", 0) || Math.ceil(x.shape[along]! / blocks);
  const wide = b.expand(
    b.reshape(parameter, insert(parameter.shape, along + 1, 1)),
    insert(parameter.shape, along + 1, block),
  );
  const repeated = b.reshape(
    wide,
    parameter.shape.map((extent, i) => (i === along ? extent * block : extent)),
  );
  return b.slice(repeated, [along], [0], [x.shape[along]!]);
}

const insert = (shape: readonly number[], at: number, extent: number): number[] => [
  ...shape.slice(0, at),
  extent,
  ...shape.slice(at),
];

/** (q − zero)·scale. */
export function dequantized(c: LoweringContext, q: Value, scale: Value, zero: Value | null, axis: number): Value {
  const { b } = c;
  c.session.notes.add(note);
  const exact = c.session.unrounded.get(q.name);
  if (exact && exact.scale === scale.name && exact.zero === zero?.name) return clipped(c, exact, scale, zero, axis);
  const x = real(c, q);
  const centred = zero ? b.sub(x, beside(c, x, real(c, zero), axis)) : x;
  return b.mul(centred, beside(c, x, scale, axis));
}

/** The value that was rounded to q, kept within what q can hold: rounding would stop every gradient. */
function clipped(c: LoweringContext, { x, range }: Unrounded, scale: Value, zero: Value | null, axis: number): Value {
  const { b } = c;
  const limit = (bound: number): Value => {
    const steps = zero ? b.sub(b.scalar(bound, "float32"), b.cast(zero, "float32")) : b.scalar(bound, "float32");
    return beside(c, x, b.mul(steps, scale), axis);
  };
  const [low, high] = range.map((bound) => limit(bound)) as [Value, Value];
  const [min, max] = [low, high].map((value) =>
    value.shape.length === 0 ? c.session.known.of(value)?.data[0] : undefined,
  );
  if (min !== undefined && max !== undefined) return c.apply("Clip", [x], { min, max });
  return c.apply("Min", [c.apply("Max", [x, low]), high]);
}

/** clamp(round(x/scale) + zero), ties to even. */
export function requantized(
  c: LoweringContext,
  x: Value,
  scale: Value,
  zero: Value | null,
  axis: number,
  range: readonly [number, number],
  to: DType,
): Value {
  const { b } = c;
  c.session.notes.add(note);
  const steps = c.apply("Round", [b.div(x, beside(c, x, scale, axis))]);
  const shifted = zero ? b.add(steps, beside(c, x, b.cast(zero, "float32"), axis)) : steps;
  const q = b.cast(c.apply("Clip", [shifted], { min: range[0], max: range[1] }), to);
  c.session.unrounded.set(q.name, { x, scale: scale.name, zero: zero?.name, range });
  const exact = b.div(x, beside(c, x, scale, axis));
  const placed = zero ? b.add(exact, beside(c, x, real(c, zero), axis)) : exact;
  c.session.straight.set(q.name, c.apply("Clip", [placed], { min: range[0], max: range[1] }));
  return q;
}

/** The number that an integer stands for: what it was before it was rounded, if it was. Gradients flow straight through. */
export const real = (c: LoweringContext, q: Value): Value => c.session.straight.get(q.name) ?? c.b.cast(q, "float32");

function quantizeLinear(c: LoweringContext): Value {
  const zero = c.optional(2);
  const code = c.integer("output_dtype", 0);
  const type = code ? elementTypeOf(code) : zero ? (c.session.elementTypes.get(zero.name) ?? zero.dtype) : "uint8";
  const range = ranges[type as DType];
  if (!range) return c.refuse(`rounding to ${type} is not simulated`);
  const carrier = (
    type === "int4" || type === "int2" ? "int8" : type === "uint4" || type === "uint2" ? "uint8" : type
  ) as DType;
  const x = c.input(0);
  return requantized(c, c.b.cast(x, "float32"), c.input(1), zero, axisOf(c, x), range, carrier);
}

const axisOf = (c: LoweringContext, x: Value): number => {
  const axis = c.integer("axis", 1);
  return axis < 0 ? axis + x.shape.length : axis;
};

/** Integer matrix products are exact in floats as far as 2²⁴; the reference has no such bound. */
function integerProduct(c: LoweringContext): Value {
  const operand = (index: number, zeroIndex: number, along: "row" | "column"): Value => {
    const x = real(c, c.input(index));
    const zero = c.optional(zeroIndex);
    if (!zero) return x;
    const wide = real(c, zero);
    const shape =
      wide.shape.length === 1 && wide.shape[0] !== 1
        ? along === "row"
          ? [wide.shape[0]!, 1]
          : [1, wide.shape[0]!]
        : wide.shape;
    return c.b.sub(x, c.b.reshape(wide, shape));
  };
  return asInteger(c, c.b.matmul(operand(0, 2, "row"), operand(1, 3, "column")));
}

/** A sum of products of integers, which remembers what it would be without rounding. */
export function asInteger(c: LoweringContext, x: Value): Value {
  const integer = c.b.cast(x, "int32");
  c.session.straight.set(integer.name, x);
  return integer;
}

/** Row and column scales of a quantised product: one number, or one per row of A or column of B. */
function scaled(c: LoweringContext, index: number, scale: number, zero: number, along: "row" | "column"): Value {
  const x = c.input(index);
  if (c.session.unrounded.has(x.name))
    return dequantized(c, x, c.input(scale), c.input(zero), x.shape.length - (along === "row" ? 2 : 1));
  const parameter = (i: number): Value => {
    const value = c.b.cast(c.input(i), "float32");
    if (value.shape.length !== 1 || value.shape[0] === 1)
      return value.shape.length <= 1 ? c.b.reshape(value, []) : value;
    return c.b.reshape(value, along === "row" ? [value.shape[0]!, 1] : [1, value.shape[0]!]);
  };
  return c.b.mul(c.b.sub(c.b.cast(x, "float32"), parameter(zero)), parameter(scale));
}

function quantizedProduct(c: LoweringContext): Value {
  const product = c.b.matmul(scaled(c, 0, 1, 2, "row"), scaled(c, 3, 4, 5, "column"));
  const zero = c.input(7);
  return requantized(
    c,
    product,
    c.b.cast(c.input(6), "float32"),
    zero,
    product.shape.length - 2,
    ranges[zero.dtype]!,
    zero.dtype,
  );
}

function quantizedConvolution(c: LoweringContext): readonly (Value | null)[] {
  const { b } = c;
  const x = dequantized(c, c.input(0), c.input(1), c.input(2), 1);
  const w = dequantized(c, c.input(3), c.input(4), c.input(5), 0);
  const scale = b.mul(b.reshape(c.input(1), []), c.input(4));
  const bias = c.optional(8) ? [b.mul(b.cast(c.input(8), "float32"), scale)] : [];
  const y = c.lower("Conv", [x, w, ...bias], Object.fromEntries(c.node.attributes))[0]!;
  const zero = c.input(7);
  return [requantized(c, y, c.input(6), zero, 1, ranges[zero.dtype]!, zero.dtype)];
}

/** The range of x and 0 on 256 steps. */
function dynamically(c: LoweringContext): readonly Value[] {
  const { b } = c;
  const x = c.input(0);
  const zero = b.scalar(0, "float32");
  const high = c.apply("Max", [c.apply("ReduceMax", [x], { keepdims: false }), zero]);
  const low = c.apply("Min", [c.apply("ReduceMin", [x], { keepdims: false }), zero]);
  const scale = b.scale(b.sub(high, low), 1 / 255);
  const exact = b.neg(b.div(low, scale));
  const point = c.apply("Clip", [c.apply("Round", [exact])], { min: 0, max: 255 });
  const offset = b.cast(point, "uint8");
  const q = requantized(c, x, scale, point, 0, [0, 255], "uint8");
  // Without rounding the range fits: nothing is clipped, not even the least and the greatest number.
  c.session.straight.set(offset.name, exact);
  c.session.straight.set(q.name, b.add(b.div(x, scale), exact));
  return [q, scale, offset];
}

export const quantization: Lowerings = {
  DequantizeLinear: (c) => {
    if (!isFloat(c.input(1).dtype)) c.refuse("its scale is not a float");
    return dequantized(c, c.input(0), c.input(1), c.optional(2), axisOf(c, c.input(0)));
  },
  QuantizeLinear: quantizeLinear,
  DynamicQuantizeLinear: dynamically,
  MatMulInteger: integerProduct,
  QLinearMatMul: quantizedProduct,
  QLinearConv: quantizedConvolution,
};
