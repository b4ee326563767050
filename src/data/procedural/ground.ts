import type { Random } from "../../tensor/random.ts";

/** The number of noise cells per side, coarse and fine, and the share of the colour range that each octave spans. */
const octaves = [
  { cells: 4, amplitude: 42 },
  { cells: 9, amplitude: 22 },
  { cells: 28, amplitude: 9 },
] as const;

/**
 * Smooth coloured noise: random values at the corners of a few grids, interpolated with a smoothstep, and summed over
 * octaves around a mean colour. The result is [row, column, channel], 0 to 255. All arithmetic is exact, so it is the same
 * on every machine.
 */
export function noiseGround(width: number, height: number, random: Random): Uint8ClampedArray {
  const mean = [random.uniform(70, 185), random.uniform(70, 185), random.uniform(70, 185)] as const;
  const layers = octaves.map((octave) => new Octave(octave, width, height, random));
  // Storing into a clamped array rounds to nearest, ties to even, and clips.
  const bytes = new Uint8ClampedArray(width * height * 3);
  // Sums are computed row by row, so that they stay in the cache.
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
  readonly #corners: Float64Array;
  readonly #across: GridPositions;
  readonly #down: GridPositions;
  /** The corner values of the current row, interpolated between two rows of corners. */
  readonly #line: Float64Array;

  constructor({ cells, amplitude }: (typeof octaves)[number], width: number, height: number, random: Random) {
    this.#corners = random.uniforms((cells + 1) * (cells + 1) * 3, -amplitude, amplitude);
    this.#across = gridPositions(width, cells);
    this.#down = gridPositions(height, cells);
    this.#line = new Float64Array((cells + 1) * 3);
  }

  add(sums: Float64Array, row: number): void {
    const corners = this.#corners;
    const line = this.#line;
    const at = this.#down.cell[row]! * line.length;
    const next = at + line.length;
    const down = this.#down.blend[row]!;
    for (let i = 0; i < line.length; i++) line[i] = corners[at + i]! + down * (corners[next + i]! - corners[at + i]!);
    addInterpolated(sums, line, this.#across);
  }
}

/** Adds the interpolation between neighbouring corners of a line, cell by cell: the corners of a cell are read once for all its pixels. */
function addInterpolated(sums: Float64Array, line: Float64Array, { starts, blend }: GridPositions): void {
  for (let cell = 0, from = 0; cell + 1 < starts.length; cell++, from += 3) {
    const red = line[from]!;
    const green = line[from + 1]!;
    const blue = line[from + 2]!;
    const toRed = line[from + 3]! - red;
    const toGreen = line[from + 4]! - green;
    const toBlue = line[from + 5]! - blue;
    const end = starts[cell + 1]!;
    for (let column = starts[cell]!, to = column * 3; column < end; column++, to += 3) {
      const share = blend[column]!;
      sums[to] = sums[to]! + red + share * toRed;
      sums[to + 1] = sums[to + 1]! + green + share * toGreen;
      sums[to + 2] = sums[to + 2]! + blue + share * toBlue;
    }
  }
}

interface GridPositions {
  /** The cell of each pixel. */
  readonly cell: Int32Array;
  /** The first pixel of each cell, followed by the number of pixels. */
  readonly starts: Int32Array;
  /** The smoothstep 3t² − 2t³ of each pixel's position t within its cell. */
  readonly blend: Float64Array;
}

function gridPositions(extent: number, cells: number): GridPositions {
  const cell = new Int32Array(extent);
  const starts = new Int32Array(cells + 1).fill(extent);
  const blend = new Float64Array(extent);
  for (let i = extent - 1; i >= 0; i--) {
    const at = ((i + 0.5) * cells) / extent;
    const own = Math.min(cells - 1, Math.floor(at));
    cell[i] = own;
    starts.fill(i, 0, own + 1);
    const t = at - own;
    blend[i] = t * t * (3 - 2 * t);
  }
  return { cell, starts, blend };
}
