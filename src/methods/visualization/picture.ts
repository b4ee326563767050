import { takeRows } from "../../tensor/rows.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import type { PixelCoding } from "./coding.ts";

/** An image as 8-bit RGB, whatever the model's channel order. */
export function rgbOf(images: Tensor, row: number, { order }: Pick<PixelCoding, "order">): Uint8Array {
  const { shape, data } = takeRows(images, row, 1);
  const [, channels, rows, columns] = shape as readonly [number, number, number, number];
  const area = rows * columns;
  const rgb = new Uint8Array(area * 3);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let c = 0; c < 3; c++) {
      const from = channels === 1 ? 0 : order === "BGR" ? 2 - c : c;
      rgb[pixel * 3 + c] = Math.round(255 * Math.min(1, Math.max(0, Number(data[from * area + pixel]))));
    }
  }
  return rgb;
}

/** Converts the displayed picture back to the model's channels in [0, 1]. The certificate is about this picture. */
export function imageOfRgb(
  rgb: Uint8Array,
  [rows, columns]: readonly [number, number],
  { order }: Pick<PixelCoding, "order">,
): Tensor {
  const area = rows * columns;
  const channels = order === "grey" ? 1 : 3;
  const values = new Float32Array(channels * area);
  for (let c = 0; c < channels; c++) {
    const from = order === "BGR" ? 2 - c : c;
    for (let pixel = 0; pixel < area; pixel++) values[c * area + pixel] = rgb[pixel * 3 + from]! / 255;
  }
  return float32([1, channels, rows, columns], values);
}
