import type { Random } from "../../tensor/random.ts";

/** How many cells of noise a side has, coarse and fine, and how much of the colour range each spans. */
const octaves = [
  { cells: 4, amplitude: 42 },
  { cells: 9, amplitude: 22 },
  { cells: 28, amplitude: 9 },
] as const;

/**
 * Smooth coloured noise: values at the corners of a few grids, interpolated with a smoothstep, summed over octaves around a
 * mean colour. [row, column, channel], 0 to 255. Only exact arithmetic: equal on every machine.
 */
export function noiseGround(width: number, height: number, random: Random): Uint8ClampedArray {
  const sums = new Float64Array(width * height * 3);
  const mean = [random.uniform(70, 185), random.uniform(70, 185), random.uniform(70, 185)];
  for (let i = 0; i < sums.length; i += 3) {
    for (let c = 0; c < 3; c++) sums[i + c] = mean[c]!;
  }
  for (const { cells, amplitude } of octaves) addOctave(sums, width, height, cells, amplitude, random);
  // Storing rounds to the nearest, ties to even, and clips.
  const bytes = new Uint8ClampedArray(sums.length);
  bytes.set(sums);
  return bytes;
}

function addOctave(sums: Float64Array, width: number, height: number, cells: number, amplitude: number, random: Random): void {
  const corners = random.uniforms((cells + 1) * (cells + 1) * 3, -amplitude, amplitude);
  const across = places(width, cells);
  const down = places(height, cells);
  const top = new Float64Array((cells + 1) * 3);
  for (let row = 0; row < height; row++) {
    // First along the column of corners, once a row; then along the row.
    const at = down.cell[row]! * (cells + 1) * 3;
    const next = at + (cells + 1) * 3;
    const blend = down.blend[row]!;
    for (let i = 0; i < top.length; i++) top[i] = corners[at + i]! + blend * (corners[next + i]! - corners[at + i]!);
    for (let column = 0, to = row * width * 3; column < width; column++, to += 3) {
      const from = across.cell[column]! * 3;
      const share = across.blend[column]!;
      for (let c = 0; c < 3; c++) sums[to + c] = sums[to + c]! + top[from + c]! + share * (top[from + c + 3]! - top[from + c]!);
    }
  }
}

/** The cell that each pixel lies in and how far it is through it, by the smoothstep 3t² − 2t³. */
function places(extent: number, cells: number): { readonly cell: Int32Array; readonly blend: Float64Array } {
  const cell = new Int32Array(extent);
  const blend = new Float64Array(extent);
  for (let i = 0; i < extent; i++) {
    const at = ((i + 0.5) * cells) / extent;
    cell[i] = Math.min(cells - 1, Math.floor(at));
    const t = at - cell[i]!;
    blend[i] = t * t * (3 - 2 * t);
  }
  return { cell, blend };
}
