import { popcount, wordsFor } from "../../data/concepts/bits.ts";
import type { GridField } from "../../graph/grid-field.ts";

/** A mask as its non-zero words, in order: word `index[k]` is `bits[k]`. Valid until the next mask is made. */
export interface SparseMask {
  readonly words: number;
  readonly index: Int32Array;
  readonly bits: Uint32Array;
  /** The number of points. */
  readonly area: number;
}

/** One axis of the interpolation: each point lies between cell `lower` and the next one, `blend` of the way. */
interface Axis {
  readonly lower: Int32Array;
  readonly blend: Float64Array;
}

/**
 * The points at which a unit's activation, interpolated bilinearly between the centres of its receptive fields, exceeds a
 * threshold (Bau et al. 2017, section 2.2). Beyond the outermost centres the activation stays constant. An interpolated
 * value is never above the largest of its four corners, so places whose corners are all on one side are decided without
 * interpolation; that is most of them.
 */
export class UpsampledMask {
  readonly #rows: Axis;
  readonly #columns: Axis;
  /** The first point of each span of points that lie between the same two columns of cells; then the end. */
  readonly #spans: readonly number[];
  readonly #field: GridField;
  readonly #line: Float64Array;
  readonly #rowGreatest: Float64Array;
  readonly #index: Int32Array;
  readonly #bits: Uint32Array;
  readonly #width: number;
  readonly #height: number;

  /** @param points the grid of points, evenly spread over a picture of `picture` pixels */
  constructor(field: GridField, points: readonly [rows: number, columns: number], picture: readonly [number, number]) {
    this.#field = field;
    [this.#height, this.#width] = points;
    this.#rows = axisOf(points[0], picture[0], field.rows, field.offset[0], field.step[0]);
    this.#columns = axisOf(points[1], picture[1], field.columns, field.offset[1], field.step[1]);
    const { lower } = this.#columns;
    this.#spans = [...[...lower.keys()].filter((i) => i === 0 || lower[i] !== lower[i - 1]), this.#width];
    this.#line = new Float64Array(field.columns);
    this.#rowGreatest = new Float64Array(field.rows);
    const words = wordsFor(this.#width * this.#height);
    this.#index = new Int32Array(words);
    this.#bits = new Uint32Array(words);
  }

  /** @param values [row, column] of the unit, from element `start` on */
  above(values: Float32Array, start: number, threshold: number): SparseMask {
    const { rows, columns } = this.#field;
    const greatest = this.#rowGreatest;
    let any = false;
    for (let row = 0, at = start; row < rows; row++) {
      let most = -Infinity;
      for (let column = 0; column < columns; column++, at++) if (values[at]! > most) most = values[at]!;
      greatest[row] = most;
      any ||= most > threshold;
    }
    let words = 0;
    let area = 0;
    if (any) {
      let word = -1;
      let bits = 0;
      const line = this.#line;
      const spans = this.#spans;
      const { lower, blend } = this.#columns;
      const set = (point: number): void => {
        if (point >>> 5 !== word) {
          if (bits !== 0) words = this.#push(words, word, bits);
          word = point >>> 5;
          bits = 0;
        }
        bits |= 1 << (point & 31);
      };
      for (let y = 0; y < this.#height; y++) {
        const row = this.#rows.lower[y]!;
        const below = Math.min(row + 1, rows - 1);
        if (greatest[row]! <= threshold && greatest[below]! <= threshold) continue;
        const down = this.#rows.blend[y]!;
        const [upper, next] = [start + row * columns, start + below * columns];
        for (let column = 0; column < columns; column++) {
          const value = values[upper + column]!;
          line[column] = value + (values[next + column]! - value) * down;
        }
        const first = y * this.#width;
        for (let span = 0; span + 1 < spans.length; span++) {
          const from = spans[span]!;
          const to = spans[span + 1]!;
          const column = lower[from]!;
          const left = line[column]!;
          const right = line[Math.min(column + 1, columns - 1)]!;
          if (left > threshold && right > threshold) for (let x = from; x < to; x++) set(first + x);
          else if (left > threshold || right > threshold)
            for (let x = from; x < to; x++) if (left + (right - left) * blend[x]! > threshold) set(first + x);
        }
      }
      if (bits !== 0) words = this.#push(words, word, bits);
      for (let k = 0; k < words; k++) area += popcount(this.#bits[k]!);
    }
    return { words, index: this.#index, bits: this.#bits, area };
  }

  #push(words: number, word: number, bits: number): number {
    this.#index[words] = word;
    this.#bits[words] = bits;
    return words + 1;
  }
}

function axisOf(points: number, pixels: number, cells: number, offset: number, step: number): Axis {
  const lower = new Int32Array(points);
  const blend = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    // The centre of the point, in pixels from the centre of the first one; then in cells.
    const pixel = ((i + 0.5) * pixels) / points - 0.5;
    const cell = Math.min(cells - 1, Math.max(0, (pixel - offset) / step));
    lower[i] = Math.min(Math.max(0, cells - 2), Math.floor(cell));
    blend[i] = cell - lower[i]!;
  }
  return { lower, blend };
}

/** The number of points that a unit's mask and a concept's mask share. */
export function overlap({ words, index, bits }: SparseMask, concept: Uint32Array): number {
  let sum = 0;
  for (let k = 0; k < words; k++) {
    const both = bits[k]! & concept[index[k]!]!;
    if (both !== 0) sum += popcount(both);
  }
  return sum;
}
