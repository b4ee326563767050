import { encode } from "fast-png";
import { image, type Image } from "./image.ts";

/** Encodes 8-bit pixels: 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGBA. It also runs in browsers. */
export function encodePng(width: number, height: number, channels: 1 | 2 | 3 | 4, data: Uint8Array): Uint8Array {
  if (data.length !== width * height * channels) {
    throw new RangeError(`${data.length} bytes cannot fill ${width} × ${height} pixels of ${channels} channels`);
  }
  return encode({ width, height, channels, depth: 8, data });
}

export const encodeImage = ({ width, height, data }: Image): Uint8Array => encodePng(width, height, 3, data);

/** Drops the alpha channel of pixels that are known to be opaque. */
export function dropAlpha(width: number, height: number, rgba: Uint8Array): Image {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) data.set(rgba.subarray(from, from + 3), to);
  return image(width, height, data);
}
