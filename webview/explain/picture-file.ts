import type { Rendered } from "../../src/data/colormap/display.ts";

/** The drawing as a PNG, enlarged so that a figure is not a stamp. */
export async function pngOf({ width, height, rgba }: Rendered): Promise<Uint8Array> {
  const source = new OffscreenCanvas(width, height);
  source.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
  const factor = Math.max(1, Math.round(896 / Math.max(width, height)));
  const target = new OffscreenCanvas(width * factor, height * factor);
  const context = target.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, target.width, target.height);
  return new Uint8Array(await (await target.convertToBlob({ type: "image/png" })).arrayBuffer());
}
