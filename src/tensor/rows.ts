import { allocate } from "./dtype.ts";
import { sizeOf } from "./shape.ts";
import { tensor, type Tensor } from "./tensor.ts";

/** Rows `start … start + count − 1` along the first axis, without copying. */
export function takeRows(value: Tensor, start: number, count: number): Tensor {
  const row = sizeOf(value.shape.slice(1));
  return tensor(value.dtype, [count, ...value.shape.slice(1)], value.data.subarray(start * row, (start + count) * row));
}

/** Concatenates along the first axis; the parts must agree in all others. */
export function stackRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError("nothing to stack");
  if (parts.length === 1) return first;
  const count = parts.reduce((n, part) => n + part.shape[0]!, 0);
  const data = allocate(first.dtype, count * sizeOf(first.shape.slice(1)));
  let at = 0;
  for (const part of parts) {
    data.set(part.data as never, at);
    at += part.data.length;
  }
  return tensor(first.dtype, [count, ...first.shape.slice(1)], data);
}

/** Repeats the last row until there are `count` rows: a compiled program accepts full batches only. */
export function padRows(value: Tensor, count: number): Tensor {
  const have = value.shape[0]!;
  if (have === count) return value;
  const last = takeRows(value, have - 1, 1);
  return stackRows([value, ...Array.from({ length: count - have }, () => last)]);
}
