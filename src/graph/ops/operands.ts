/** What operators demand of the element types of their inputs, said in one way. */
import { isFloat, type DType } from "../../tensor/dtype.ts";
import type { TensorType } from "../../tensor/tensor.ts";

export function demandFloat(op: string, x: TensorType): TensorType {
  if (!isFloat(x.dtype)) throw new TypeError(`${op} takes floating-point numbers, not ${x.dtype}`);
  return x;
}

export function demandNumber(op: string, x: TensorType): TensorType {
  if (x.dtype === "bool") throw new TypeError(`${op} takes numbers, not bool`);
  return x;
}

export function demandType(op: string, x: TensorType, ...allowed: readonly DType[]): TensorType {
  if (!allowed.includes(x.dtype)) throw new TypeError(`${op} takes ${allowed.join(" or ")}, not ${x.dtype}`);
  return x;
}

export function demandSameType(op: string, inputs: readonly TensorType[]): DType {
  const { dtype } = inputs[0]!;
  for (const other of inputs) {
    if (other.dtype !== dtype) throw new TypeError(`${op} takes inputs of one type, not ${dtype} and ${other.dtype}`);
  }
  return dtype;
}
