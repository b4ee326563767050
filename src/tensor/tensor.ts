import { allocate, isFloat, type DType, type TypedArray } from "./dtype.ts";
import { bfloat16ToNumber, numberToBfloat16, numberToFloat16 } from "./half.ts";
import { halfValues } from "./half-values.ts";
import { formatShape, sizeOf, type Shape } from "./shape.ts";

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Elements in row-major order, in the exact storage of their type. A tensor is immutable by convention. */
export interface Tensor extends TensorType {
  readonly data: TypedArray;
}

/** Wraps `data` without copying; the length must match the shape. */
export function tensor(dtype: DType, shape: Shape, data: TypedArray): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`${data.length} values cannot fill the shape ${formatShape(shape)}`);
  }
  return { dtype, shape, data };
}

export const float32 = (shape: Shape, values: ArrayLike<number>): Tensor =>
  tensor(
    "float32",
    shape,
    values instanceof Float32Array ? (values as Float32Array<ArrayBuffer>) : Float32Array.from(values),
  );

/** Converts elements of any type to float64. 64-bit integers beyond ±2⁵³ lose their lowest bits. */
export function toFloat64({ dtype, data }: Tensor): Float64Array {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  const out = new Float64Array(data.length);
  if (dtype === "float16") decodeHalves(data, out);
  else if (dtype === "bfloat16") for (let i = 0; i < out.length; i++) out[i] = bfloat16ToNumber(data[i]!);
  else out.set(data);
  return out;
}

export const toNumbers = (value: Tensor): number[] => Array.from(toFloat64(value));

/** Converts numbers to `dtype`. Floats round to the nearest representable value; integers truncate toward zero and wrap, as a C cast does. */
export function fromFloat64(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  const data = allocate(dtype, values.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < values.length; i++) data[i] = toBigInt(values[i]!);
  } else {
    const encode =
      dtype === "float16"
        ? numberToFloat16
        : dtype === "bfloat16"
          ? numberToBfloat16
          : dtype === "bool"
            ? toBit
            : undefined;
    if (encode === undefined) data.set(values as ArrayLike<number>);
    else for (let i = 0; i < values.length; i++) data[i] = encode(values[i]!);
  }
  return tensor(dtype, shape, data);
}

export function castTensor(value: Tensor, dtype: DType): Tensor {
  if (value.dtype === dtype) return value;
  return dtype === "float32" && isFloat(value.dtype)
    ? toSingle(value)
    : fromFloat64(dtype, value.shape, toFloat64(value));
}

/** Converts to float32 without an intermediate float64 copy: weights take hundreds of megabytes. */
function toSingle({ dtype, shape, data }: Tensor): Tensor {
  const out = new Float32Array(data.length);
  if (dtype === "bfloat16") {
    // A bfloat16 is the upper half of a float32.
    const bits = new Uint32Array(out.buffer);
    for (let i = 0; i < bits.length; i++) bits[i] = (data[i] as number) << 16;
  } else if (dtype === "float16") {
    decodeHalves(data as Uint16Array, out);
  } else {
    out.set(data as Float64Array);
  }
  return tensor("float32", shape, out);
}

function decodeHalves(bits: ArrayLike<number>, out: Float32Array | Float64Array): void {
  const values = halfValues();
  for (let i = 0; i < out.length; i++) out[i] = values[bits[i]!]!;
}

const toBit = (value: number): number => (value ? 1 : 0);

/** Saturates at the int64 range, so that ONNX's "to the end" sentinels survive the conversion through a double. */
function toBigInt(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  if (value <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}
