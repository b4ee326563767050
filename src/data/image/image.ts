import { GlassboxError } from "../../tensor/errors.ts";

/** Interleaved red, green and blue, 8 bits each, rows from the top. All later steps use this form, whatever the file contained. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A part of a picture, from its left and upper pixel. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** A model sees a few hundred pixels per side; beyond this limit the decoders would waste gigabytes. */
export const maxPixels = 64_000_000;
/** Resampling a longer side would take more numbers than the picture has pixels. */
const longestSide = 100_000;

/** What to do with a picture that is too large. */
export const smaller = "Scale it down first: a vision model sees a few hundred pixels per side.";

export function image(width: number, height: number, data: Uint8Array): Image {
  if (data.length !== width * height * 3)
    throw new RangeError(`${data.length} bytes cannot fill ${width} × ${height} RGB pixels`);
  return { width, height, data };
}

/** Rejects absurd sizes in a header before any memory is allocated for them. */
export function checkSize({ width, height }: Size, name: string): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new GlassboxError(
      "file",
      `The image has a size of ${width} × ${height} pixels, so there is nothing to show.`,
      { where: name, hint: "Save it again from the program that made it." },
    );
  }
  if (width * height > maxPixels || Math.max(width, height) > longestSide) {
    throw new GlassboxError(
      "resource",
      `The image is ${width} × ${height} pixels, over the limit of ${maxPixels / 1e6} megapixels and ${longestSide} pixels per side.`,
      { where: name, hint: smaller },
    );
  }
}
