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
  const mean = [random.uniform(70, 185), random.uniform(70, 185), random.uniform(70, 185)] as const;
  const layers = octaves.map((octave) => new Octave(octave, width, height, random));
  // Storing rounds to the nearest, ties to even, and clips.
  const bytes = new Uint8ClampedArray(width * height * 3);
  // Row by row, so that the sums stay in the cache.
  const sums = new Float64Array(width * 3);
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < sums.length; i += 3) {
      sums[i] = mean[0];
      sums[i + 1] = mean[1];
      sums[i + 2] = mean[2];
    }
    for (const layer of layers) layer.add(sums, row);
    bytes.set(sums, row * sums.length);
  }
  return bytes;
}

class Octave {
  readonly #cells: number;
  readonly #corners: Float64Array;
  readonly #across: Places;
  readonly #down: Places;
  /** Corners between two rows of corners, as the picture's row lies. */
  readonly #line: Float64Array;

  constructor({ cells, amplitude }: (typeof octaves)[number], width: number, height: number, random: Random) {
    this.#cells = cells;
    this.#corners = random.uniforms((cells + 1) * (cells + 1) * 3, -amplitude, amplitude);
    this.#across = places(width, cells);
    this.#down = places(height, cells);
    this.#line = new Float64Array((cells + 1) * 3);
  }

  add(sums: Float64Array, row: number): void {
    const corners = this.#corners;
    const line = this.#line;
    const at = this.#down.cell[row]! * (this.#cells + 1) * 3;
    const next = at + line.length;
    const down = this.#down.blend[row]!;
    for (let i = 0; i < line.length; i++) line[i] = corners[at + i]! + down * (corners[next + i]! - corners[at + i]!);
    const { cell, blend } = this.#across;
    for (let column = 0, to = 0; column < cell.length; column++, to += 3) {
      const from = cell[column]! * 3;
      const share = blend[column]!;
      const [red, green, blue] = [line[from]!, line[from + 1]!, line[from + 2]!];
      sums[to] = sums[to]! + red + share * (line[from + 3]! - red);
      sums[to + 1] = sums[to + 1]! + green + share * (line[from + 4]! - green);
      sums[to + 2] = sums[to + 2]! + blue + share * (line[from + 5]! - blue);
    }
  }
}

interface Places {
  readonly cell: Int32Array;
  readonly blend: Float64Array;
}

/** The cell that each pixel lies in and how far it is through it, by the smoothstep 3t² − 2t³. */
function places(extent: number, cells: number): Places {
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
