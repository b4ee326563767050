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

export const nameOf = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;

/** A tensor has no photograph: its maps lie on grey. */
export const blankPicture = (
  size: { readonly rows: number; readonly columns: number } | undefined,
): { readonly width: number; readonly height: number; readonly rgb: Uint8Array } => {
  const [height, width] = [size?.rows ?? 1, size?.columns ?? 1];
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(96) };
};
