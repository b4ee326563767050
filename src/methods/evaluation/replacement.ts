import { float32, type Tensor } from "../../tensor/tensor.ts";
import type { RowSource } from "../network.ts";
import type { PixelOrder } from "./pixel-orders.ts";

/** Two versions of one input, and where its pixels are. */
export interface Versions {
  /** The version of step 0, flat, in the model's layout. */
  readonly from: Float64Array;
  /** The version of the last step. */
  readonly to: Float64Array;
  readonly pixels: number;
  /** Whether the channels of a pixel lie next to each other. */
  readonly interleaved: boolean;
}

/**
 * One row for each step: in step k the first ⌈k · pixels / steps⌉ pixels of the order have been taken from `to`, all others
 * from `from`. [steps + 1, …]
 */
export function replacement(
  { from, to, pixels, interleaved }: Versions,
  order: PixelOrder,
  steps: number,
  shape: readonly number[],
): RowSource {
  const channels = from.length / pixels;
  const rank = new Int32Array(pixels);
  order.forEach((pixel, i) => (rank[pixel] = i));
  const pixelOf = (i: number): number => (interleaved ? Math.floor(i / channels) : i % pixels);
  return {
    count: steps + 1,
    rows: (start, count): Tensor => {
      const rows = new Float32Array(count * from.length);
      for (let row = 0; row < count; row++) {
        const replaced = Math.ceil(((start + row) * pixels) / steps);
        for (let i = 0; i < from.length; i++)
          rows[row * from.length + i] = rank[pixelOf(i)]! < replaced ? to[i]! : from[i]!;
      }
      return float32([count, ...shape], rows);
    },
  };
}

/** The area under a curve over [0, 1], by the trapezoidal rule. */
export const areaUnder = (y: Float64Array): number =>
  (y.reduce((sum, value) => sum + value, 0) - (y[0]! + y.at(-1)!) / 2) / (y.length - 1);
