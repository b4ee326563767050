import { sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import type { Array64 } from "../array64.ts";

/**
 * Applies `f` to every line of elements along `axis`: `f` reads `x[start + i·stride]` for `i < length` and writes the same
 * indices of `y`.
 */
export function alongAxis(
  x: Array64,
  axis: number,
  f: (x: Float64Array, y: Float64Array, start: number, stride: number, length: number) => void,
): Array64 {
  const y = new Float64Array(x.data.length);
  const length = x.shape[axis]!;
  const stride = stridesOf(x.shape)[axis]!;
  const outer = sizeOf(x.shape.slice(0, axis));
  for (let o = 0; o < outer; o++)
    for (let s = 0; s < stride; s++) f(x.data, y, o * length * stride + s, stride, length);
  return { dtype: x.dtype, shape: x.shape, data: y };
}

/** For each element of `shape`, in order, the index into a tensor of `from` that broadcasts to it. */
export function broadcastIndex(from: Shape, shape: Shape): Int32Array {
  const index = new Int32Array(sizeOf(shape));
  const strides = stridesOf(from);
  const lead = shape.length - from.length;
  const step = shape.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]!));
  fillIndex(index, shape, step);
  return index;
}

/** `index[i]` = Σ coordinate·step over the row-major coordinates of `shape`. */
export function fillIndex(index: Int32Array, shape: Shape, step: readonly number[], offset = 0): void {
  const rank = shape.length;
  const coordinate = new Array<number>(rank).fill(0);
  let at = offset;
  for (let i = 0; i < index.length; i++) {
    index[i] = at;
    for (let axis = rank - 1; axis >= 0; axis--) {
      coordinate[axis]!++;
      at += step[axis]!;
      if (coordinate[axis]! < shape[axis]!) break;
      at -= step[axis]! * shape[axis]!;
      coordinate[axis] = 0;
    }
  }
}
