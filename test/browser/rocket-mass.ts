import fs from "node:fs";
import path from "node:path";
import { decodeImage } from "../../src/data/image/decode.ts";
import { viewOf } from "../../src/data/image/preprocessing.ts";
import type { Pixels } from "./canvas.ts";

const ROOT = process.env.GLASSBOX_ROOT!;

const side = 224;

/** The hand-drawn rocket in what the model sees, 0 to 1, row by row. */
function rocket(): Float64Array {
  const file = path.join(ROOT, "samples/vision/rocket.mask.png");
  const { data } = viewOf(decodeImage(fs.readFileSync(file), file).image, {
    resize: { mode: "shorter-side", size: 256, filter: "bilinear" },
    crop: { height: side, width: side },
  });
  return Float64Array.from({ length: side * side }, (_, pixel) => data[3 * pixel]! / 255);
}

/** The share of the mass that lies on the rocket, in multiples of the rocket's share of the area. */
export function timesItsArea(mass: Float64Array): number {
  const mask = rocket();
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const on = sum(mass.map((value, pixel) => value * mask[pixel]!));
  return on / sum(mass) / (sum(mask) / mask.length);
}

/** How orange each pixel is that a canvas shows: under a map the photograph is grey, so red and blue differ by the map alone. */
export function orangeness({ width, height, data }: Pixels): Float64Array {
  const mass = new Float64Array(side * side);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const pixel = Math.floor((y * side) / height) * side + Math.floor((x * side) / width);
      mass[pixel] = mass[pixel]! + Math.max(0, data[at]! - data[at + 2]!);
    }
  }
  return mass;
}

/** Σ |a| over the channels of an attribution of [3, 224, 224]. */
export const magnitudes = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: side * side }, (_, pixel) =>
    [0, 1, 2].reduce((sum, channel) => sum + Math.abs(values[channel * side * side + pixel]!), 0),
  );
