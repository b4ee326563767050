import type { Heatmap } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";

/** A map summed over channels: [row, column]. */
export interface Plane {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Σ |a| over channels. */
export const magnitudes = (map: Heatmap): Plane => summed(map, Math.abs);

/** Σ a over channels. */
export const signedSums = (map: Heatmap): Plane => summed(map, (value) => value);

function summed({ values }: Heatmap, of: (value: number) => number): Plane {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const numbers = toFloat64(values);
  const sums = new Float64Array(rows * columns);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + of(numbers[c * sums.length + i]!);
  return { rows, columns, values: sums };
}
