import path from "node:path";
import { readIfThere } from "../files/read-whole.ts";
import { decodeImage } from "../data/image/decode.ts";
import type { Image } from "../data/image/image.ts";
import { viewOf, type Preprocessing } from "../data/image/preprocessing.ts";
import type { InputReference } from "../protocol/engine.ts";
import type { Check, Heatmap } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";

/** The mask of an object in the photograph, in the coordinates of the model's input. */
export interface ObjectMask {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** How much of each pixel belongs to the object, 0 to 1. */
  readonly cover: Float32Array;
}

/** The mask next to a photograph, `<name>.mask.png`, resized and cropped like it. An unreadable mask is ignored. */
export function findMask(
  input: InputReference,
  preprocessing: Preprocessing | undefined,
  mostBytes = Infinity,
): ObjectMask | undefined {
  if (!("path" in input) || preprocessing === undefined) return undefined;
  const name = path.basename(input.path, path.extname(input.path));
  const file = path.join(path.dirname(input.path), `${name}.mask.png`);
  const mask = decoded(file, mostBytes);
  if (mask === undefined) return undefined;
  const { width, height, data } = viewOf(mask, preprocessing);
  return {
    name,
    width,
    height,
    cover: Float32Array.from({ length: width * height }, (_, pixel) => data[3 * pixel]! / 255),
  };
}

const mostMaskBytes = 64 << 20;

function decoded(file: string, mostBytes: number): Image | undefined {
  try {
    const bytes = readIfThere(file, mostMaskBytes);
    return bytes && decodeImage(bytes, file, mostBytes).image;
  } catch {
    return undefined;
  }
}

/**
 * Localisation: the share of the summed magnitude that lies on the object, against the object's share of the area. A
 * uniform map has 1. It says where the map is large, not whether the map is faithful.
 */
export function maskShare({ values, extent: [height, width], blank }: Heatmap, mask: ObjectMask): Check | undefined {
  if (blank !== undefined || mask.width !== width || mask.height !== height) return undefined;
  const [channels, rows, columns] = values.shape as [number, number, number];
  const numbers = toFloat64(values);
  let [on, all, area] = [0, 0, 0];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const row = Math.floor((Math.floor(pixel / width) * rows) / height);
    const cell = row * columns + Math.floor(((pixel % width) * columns) / width);
    let magnitude = 0;
    for (let channel = 0; channel < channels; channel++)
      magnitude += Math.abs(numbers[channel * rows * columns + cell]!);
    on += magnitude * mask.cover[pixel]!;
    all += magnitude;
    area += mask.cover[pixel]!;
  }
  if (!(all > 0) || area === 0) return undefined;
  const [share, areaShare] = [on / all, area / (width * height)];
  const ratio = share / areaShare;
  return {
    id: "mask-share",
    label: mask.name,
    status: "info",
    value: `${ratio.toFixed(1)}× its area`,
    sentence: `${percent(share)} of the map's magnitude lies on the ${mask.name}, which covers ${percent(areaShare)} of the picture: ${ratio.toFixed(1)} times its share.`,
    numbers: { ratio, share, area: areaShare },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
