import { emptyBits, setBit } from "./bits.ts";
import type { SamplePoints } from "./concepts.ts";

/** A mask of its own size, in rows from the top. */
export interface PixelMask {
  readonly width: number;
  readonly height: number;
  readonly has: (pixel: number) => boolean;
}

/** The mask at each point: the pixel in which the point lies. `undefined` if no point is in the mask. */
export function sampleMask({ width, height, has }: PixelMask, { x, y }: SamplePoints): Uint32Array | undefined {
  const bits = emptyBits(x.length * y.length);
  let any = false;
  for (let row = 0; row < y.length; row++) {
    if (!(y[row]! >= 0 && y[row]! < 1)) continue;
    const base = Math.floor(y[row]! * height) * width;
    for (let column = 0; column < x.length; column++) {
      if (!(x[column]! >= 0 && x[column]! < 1) || !has(base + Math.floor(x[column]! * width))) continue;
      setBit(bits, row * x.length + column);
      any = true;
    }
  }
  return any ? bits : undefined;
}

/** Whether a mask may belong to a picture: it has its size, or the same shape at another size. */
export const sameFrame = (
  mask: { readonly width: number; readonly height: number },
  picture: { readonly width: number; readonly height: number },
): boolean =>
  Math.abs(mask.width * picture.height - mask.height * picture.width) <= Math.max(picture.width, picture.height);
