/** Masks as COCO writes them: polygons, and lengths of runs down the columns. */
import { emptyBits, hasBit, setBit } from "./bits.ts";
import type { PixelMask } from "./sample-mask.ts";

const mostPixels = 64_000_000;

/** The union of polygons, [x, y, x, y, …] in pixels each: a pixel is inside if its centre is, by the even–odd rule. */
export function polygonsMask(polygons: readonly (readonly number[])[], width: number, height: number): PixelMask {
  const bits = emptyBits(width * height);
  for (const polygon of polygons) fill(polygon, width, height, bits);
  return { width, height, has: (pixel) => hasBit(bits, pixel) };
}

function fill(polygon: readonly number[], width: number, height: number, bits: Uint32Array): void {
  const corners = polygon.length / 2;
  for (let row = 0; row < height; row++) {
    const y = row + 0.5;
    const crossings: number[] = [];
    for (let i = 0; i < corners; i++) {
      const j = (i + 1) % corners;
      const [x0, y0, x1, y1] = [polygon[2 * i]!, polygon[2 * i + 1]!, polygon[2 * j]!, polygon[2 * j + 1]!];
      if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
      for (let column = from; column < to; column++) setBit(bits, row * width + column);
    }
  }
}

/**
 * Lengths of runs of 0 and 1 in turn, the first of 0, down the columns from the left. They are numbers, or COCO's text: 5
 * bits a character from 48 on, least first, the sixth bit for more, and from the fourth number on differences from the one
 * before last. `undefined` if they do not fill the size exactly.
 */
export function runLengthMask(size: unknown, counts: unknown): PixelMask | undefined {
  if (!Array.isArray(size) || size.length !== 2) return undefined;
  const [height, width] = size as [unknown, unknown];
  if (!isExtent(height) || !isExtent(width) || height * width > mostPixels) return undefined;
  const runs = typeof counts === "string" ? runsOfText(counts) : counts;
  if (!Array.isArray(runs) || !runs.every((run) => Number.isInteger(run) && run >= 0)) return undefined;
  if (runs.reduce((sum: number, run: number) => sum + run, 0) !== height * width) return undefined;
  // Bits in the order of the runs, down the columns.
  const bits = emptyBits(height * width);
  let at = 0;
  runs.forEach((run: number, i) => {
    if (i % 2 === 1) for (let pixel = at; pixel < at + run; pixel++) setBit(bits, pixel);
    at += run;
  });
  return { width, height, has: (pixel) => hasBit(bits, (pixel % width) * height + Math.floor(pixel / width)) };
}

const isExtent = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

function runsOfText(text: string): number[] | undefined {
  const runs: number[] = [];
  for (let i = 0; i < text.length;) {
    let value = 0;
    let shift = 0;
    for (;;) {
      const code = text.charCodeAt(i++) - 48;
      if (!(code >= 0 && code < 64) || shift > 25) return undefined;
      value |= (code & 31) << shift;
      shift += 5;
      if ((code & 32) === 0) {
        if (code & 16) value |= -1 << shift;
        break;
      }
      if (i >= text.length) return undefined;
    }
    runs.push(runs.length > 2 ? value + runs.at(-2)! : value);
  }
  return runs;
}
