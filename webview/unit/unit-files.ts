import type { AnswerData, ShownData } from "../../src/protocol/answer-data.ts";
import type { Result } from "../../src/protocol/result.ts";
import type { MaximizedUnit, RgbPicture } from "../../src/protocol/visualization.ts";
import type { Drawings } from "../lib/export-answer.ts";

/** Files that the page makes of a unit's answer: its picture, and all but the pixels. */
export const unitFiles = (unit: MaximizedUnit, result: Result<AnswerData | ShownData>): Drawings => ({
  png: () => png(unit.images[0]!.picture),
  json: () => new TextEncoder().encode(`${JSON.stringify({ ...result, data: withoutPixels(unit) }, null, 1)}\n`),
});

const withoutPixels = (unit: MaximizedUnit): unknown => ({
  ...unit,
  images: unit.images.map(({ picture: { width, height }, ...rest }) => ({ width, height, ...rest })),
});

async function png({ width, height, rgb }: RgbPicture): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(width, height);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  canvas.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}
