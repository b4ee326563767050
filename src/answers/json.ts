import { toNumbers, type Tensor } from "../tensor/tensor.ts";

/**
 * A result as JSON: tensors as plain arrays with their shapes, typed arrays as arrays; NaN and ±∞ as null, because JSON
 * does not have them.
 */
export const resultJson = (result: unknown): string => `${JSON.stringify(result, asPlain, 1)}\n`;

const asPlain = (_key: string, value: unknown): unknown => {
  if (isTensor(value)) return { dtype: value.dtype, shape: value.shape, data: toNumbers(value) };
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
};

const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);
