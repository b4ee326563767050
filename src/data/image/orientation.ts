import { image, type Image } from "./image.ts";

/** EXIF tag 0x0112: how the stored rows must be rotated or mirrored to be upright. 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export const orientationNote = "The photograph was rotated upright, following its EXIF orientation.";

const header = "Exif\0\0";
const orientationTag = 0x0112;

const hasHeader = (exif: Uint8Array): boolean => [...header].every((char, i) => exif[i] === char.charCodeAt(0));

/** Reads the tag from the body of a JPEG's APP1 segment, which may hold other things; `undefined` if it is not EXIF. */
export const readApp1Orientation = (app1: Uint8Array): Orientation | undefined =>
  hasHeader(app1) ? readOrientation(app1) : undefined;

/**
 * Reads the tag from an EXIF block, which is a TIFF directory; PNG and WebP keep it bare, and some programs write JPEG's header
 * before it. `undefined` if the tag is missing or invalid.
 */
export function readOrientation(exif: Uint8Array): Orientation | undefined {
  const tiff = hasHeader(exif) ? exif.subarray(header.length) : exif;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8 || ![0x4949, 0x4d4d].includes(view.getUint16(0))) return undefined;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return undefined;
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const offset = directory + 2 + entry * 12;
    if (offset + 12 > tiff.length) return undefined;
    if (view.getUint16(offset, little) !== orientationTag) continue;
    const value = view.getUint16(offset + 8, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : undefined;
  }
  return undefined;
}

/** Rotates and mirrors: for each orientation, it finds the stored pixel for (x, y) of the upright picture. */
export function orient(stored: Image, orientation: Orientation): Image {
  if (orientation === 1) return stored;
  const { width: w, height: h } = stored;
  const [width, height] = orientation >= 5 ? [h, w] : [w, h];
  const source: Readonly<Record<Orientation, (x: number, y: number) => readonly [number, number]>> = {
    1: (x, y) => [x, y],
    2: (x, y) => [w - 1 - x, y],
    3: (x, y) => [w - 1 - x, h - 1 - y],
    4: (x, y) => [x, h - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, h - 1 - x],
    7: (x, y) => [w - 1 - y, h - 1 - x],
    8: (x, y) => [w - 1 - y, x],
  };
  const data = new Uint8Array(stored.data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const [fromX, fromY] = source[orientation](x, y);
      const from = (fromY * w + fromX) * 3;
      data[to] = stored.data[from]!;
      data[to + 1] = stored.data[from + 1]!;
      data[to + 2] = stored.data[from + 2]!;
    }
  }
  return image(width, height, data);
}
