import { sizeOf, stridesOf } from "../../tensor/shape.ts";
import type { Array64 } from "../array64.ts";

/** For each index along an output axis, the index along the input axis that it reads; −1 reads the fill value. */
export type AxisMap = Int32Array;

/** The map of `x[start], x[start + step], …`. */
export const stepping = (length: number, start: number, step: number): AxisMap =>
  Int32Array.from({ length }, (_, i) => start + i * step);

/** y[c₀, c₁, …] = x[maps₀(c₀), maps₁(c₁), …]: slices, pads, tiles, broadcasts and index lookups along axes. */
export function gatherAxes(x: Array64, maps: readonly AxisMap[], fill = 0): Array64 {
  const shape = maps.map(({ length }) => length);
  const data = new Float64Array(sizeOf(shape));
  if (fill !== 0) data.fill(fill);
  const strides = stridesOf(x.shape);
  const inner = maps.length - 1;
  let at = 0;
  const visit = (axis: number, from: number): void => {
    const map = maps[axis]!;
    if (axis === inner) {
      for (let i = 0; i < map.length; i++, at++) if (map[i]! >= 0) data[at] = x.data[from + map[i]!]!;
      return;
    }
    const block = sizeOf(shape.slice(axis + 1));
    for (let i = 0; i < map.length; i++) {
      if (map[i]! < 0) at += block;
      else visit(axis + 1, from + map[i]! * strides[axis]!);
    }
  };
  if (maps.length === 0) data[0] = x.data[0]!;
  else visit(0, 0);
  return { dtype: x.dtype, shape, data };
}
