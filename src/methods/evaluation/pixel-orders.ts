import { enlarge, heatmap as plane, overChannels } from "../../data/colormap/heatmap.ts";
import type { Heatmap } from "../../protocol/result.ts";
import { Random } from "../../tensor/random.ts";
import { toFloat64 } from "../../tensor/tensor.ts";

/** Pixels, row by row, from the one that is removed first to the last. */
export type PixelOrder = Int32Array;

/** How the channels of a map become one value per pixel. */
export type Reduction = "magnitude" | "sum";

/** The pixels of a map by descending value. A coarse map is enlarged smoothly, so that its cells are not plateaus. */
export function mapOrder({ values, extent: [height, width] }: Heatmap, reduction: Reduction): PixelOrder {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const shape = { width: columns, height: rows, channels, layout: "NCHW" } as const;
  return descending(enlarge(overChannels(toFloat64(values), shape, reduction), width, height, "smooth").values);
}

/** A random order of `count` pixels: the reference that every map has to beat. */
export function randomOrder(count: number, seed: number): PixelOrder {
  const random = new Random(seed);
  return descending(Float64Array.from({ length: count }, () => random.uniform()));
}

/**
 * The pixels by the strength of edges: the magnitude of Sobel's gradient of the picture's mean over channels. It knows
 * nothing of the network, so a map should beat it too.
 *
 * @param picture [channel, row, column]
 */
export function edgeOrder(picture: Float64Array, rows: number, columns: number): PixelOrder {
  const channels = picture.length / (rows * columns);
  const shape = { width: columns, height: rows, channels, layout: "NCHW" } as const;
  const { values } = overChannels(picture, shape, "sum");
  const at = (row: number, column: number): number =>
    values[Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column))]!;
  const edges = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const side = (row: number, column: number, dr: number, dc: number): number =>
        at(row - dr, column - dc) + 2 * at(row, column) + at(row + dr, column + dc);
      edges[r * columns + c] = Math.hypot(
        side(r, c + 1, 1, 0) - side(r, c - 1, 1, 0),
        side(r + 1, c, 0, 1) - side(r - 1, c, 0, 1),
      );
    }
  return descending(plane(columns, rows, edges).values);
}

/** Indices by descending value; ties keep their order. */
const descending = (values: ArrayLike<number>): PixelOrder =>
  Int32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
