import { sizeOf } from "../../../tensor/shape.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import type { Value } from "../../../graph/builder.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { elementTypeOf } from "../element-types.ts";
import type { LoweringContext, Lowerings } from "./context.ts";
import { graphDTypeOf } from "../weights.ts";

function constant(c: LoweringContext): Value {
  const tensor = c.tensorAttribute("value");
  if (tensor) return c.session.weight(tensor);
  const float = c.float("value_float");
  if (float !== undefined) return c.constant("float32", [], [float]);
  const integer = c.integer("value_int");
  if (integer !== undefined) return c.constant("int64", [], [integer]);
  const floats = c.floats("value_floats");
  if (floats) return c.constant("float32", [floats.length], floats);
  const integers = c.integers("value_ints");
  if (integers) return c.constant("int64", [integers.length], integers);
  return c.refuse(c.has("sparse_value") ? "sparse constants are not read" : "it is not a constant of numbers");
}

/** The given type, or the operand's. */
const typeOr = (c: LoweringContext, fallback: DType): DType => {
  const code = c.integer("dtype");
  return code === undefined ? fallback : graphDTypeOf(elementTypeOf(code), c.where);
};

/** Sizes and constants: with static shapes all of them are known at import. */
export const shapes: Lowerings = {
  Constant: constant,
  Shape: (c) => {
    const { shape } = c.input(0);
    const part = shape.slice(c.integer("start", 0), c.integer("end"));
    return c.constant("int64", [part.length], part);
  },
  Size: (c) => c.constant("int64", [], [sizeOf(c.input(0).shape)]),
  ConstantOfShape: (c) => {
    const shape = c.required(0, "shape");
    const tensor = c.tensorAttribute("value");
    const value = tensor ? c.b.reshape(c.session.weight(tensor), []) : c.b.scalar(0, "float32");
    return c.b.expand(value, shape);
  },
  Range: (c) => {
    const [start, limit, delta] = [0, 1, 2].map((i) => c.required(i, "bounds")[0]!) as [number, number, number];
    const count = Math.max(0, Math.ceil((limit - start) / delta));
    return c.literal(c.input(0).dtype, [count], (i) => start + i * delta);
  },
  EyeLike: (c) => {
    const [rows, columns] = c.input(0).shape as [number, number];
    const k = c.integer("k", 0);
    return c.literal(typeOr(c, c.input(0).dtype), [rows, columns], (i) =>
      (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
    );
  },
  /** Coordinates of the elements that are not 0, one row an axis; only of what is known. */
  NonZero: (c) => {
    const values = c.required(0, "result's shape");
    const { shape } = c.input(0);
    const places = values.flatMap((value, i) => (value === 0 ? [] : [i]));
    const rank = Math.max(shape.length, 1);
    const extents = shape.length === 0 ? [1] : shape;
    const rows = extents.map((extent, axis) =>
      places.map((place) => Math.floor(place / sizeOf(extents.slice(axis + 1))) % extent),
    );
    return c.b.tensor(fromFloat64("int64", [rank, places.length], rows.flat()));
  },
};
