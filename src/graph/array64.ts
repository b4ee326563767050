import type { DType } from "../tensor/dtype.ts";
import { isFloat } from "../tensor/dtype.ts";
import { sizeOf, type Shape } from "../tensor/shape.ts";
import { fromFloat64, toFloat64, type Tensor } from "../tensor/tensor.ts";

/**
 * Elements of any type, widened to doubles: the representation that the reference evaluator computes with. Floats are
 * *not* rounded to their type, so a float32 graph is evaluated in double precision. Integers are exact up to 2⁵³ and
 * wrap where an operator's result overflows its type.
 */
export interface Array64 {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float64Array;
}

export function array64(dtype: DType, shape: Shape, data: Float64Array | readonly number[]): Array64 {
  const values = data instanceof Float64Array ? data : Float64Array.from(data);
  if (values.length !== sizeOf(shape))
    throw new RangeError(`${values.length} values cannot fill [${shape.join(", ")}]`);
  return { dtype, shape, data: values };
}

export const widen = (value: Tensor): Array64 => ({ dtype: value.dtype, shape: value.shape, data: toFloat64(value) });

/** Converts back to exact storage. Floats become `float64` unless `dtype` is given. */
export const narrow = (value: Array64, dtype: DType = isFloat(value.dtype) ? "float64" : value.dtype): Tensor =>
  fromFloat64(dtype, value.shape, value.data);
