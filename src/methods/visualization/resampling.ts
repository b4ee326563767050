import type { Builder, Value } from "../../graph/builder.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";

/**
 * Resamples the image through an affine map, bilinearly, with `surround` outside of it: the same as padding, cropping,
 * scaling, rotating and cropping again, but interpolated only once. `maps` is [batch, 2, 3]; its rows give the column and
 * the row.
 */
export function resampled(
  b: Builder,
  image: Value,
  maps: Value,
  output: readonly [rows: number, columns: number],
  surround: Value,
): Value {
  const [batch, , rows, columns] = [image.shape[0]!, 0, ...output] as const;
  const grid = b.matmul(samplingGrid(b, image.dtype, rows, columns), b.transpose(maps, [0, 2, 1]));
  const seen = b.apply("GridSample", [b.sub(image, surround), b.reshape(grid, [batch, rows, columns, 2])], {
    mode: "linear",
    padding_mode: "zeros",
  });
  return b.add(seen, surround);
}

/** The centres of the output's pixels in homogeneous coordinates: [rows·columns, 3]. */
function samplingGrid(b: Builder, dtype: Value["dtype"], rows: number, columns: number): Value {
  const values = new Float64Array(rows * columns * 3);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++)
      values.set([(2 * c + 1) / columns - 1, (2 * r + 1) / rows - 1, 1], (r * columns + c) * 3);
  }
  return b.tensor(fromFloat64(dtype, [rows * columns, 3], values));
}
