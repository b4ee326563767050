/**
 * The greatest values of each unit, out of a stream: a quantile near 1 needs no more, and is exact. Each unit has room for
 * twice the values that are kept; when it is full, the smaller half is dropped.
 */
export class TopValues {
  readonly #kept: number;
  readonly #values: Float32Array;
  readonly #counts: Int32Array;
  /** A value that is not above this one is not among the greatest. */
  readonly #least: Float32Array;
  readonly #seen: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #invalid: Uint8Array;

  constructor(units: number, kept: number) {
    this.#kept = kept;
    this.#values = new Float32Array(units * 2 * kept);
    this.#counts = new Int32Array(units);
    this.#least = new Float32Array(units).fill(-Infinity);
    this.#seen = new Float64Array(units);
    this.#low = new Float64Array(units).fill(Infinity);
    this.#high = new Float64Array(units).fill(-Infinity);
    this.#invalid = new Uint8Array(units);
  }

  /** The number of greatest values that the quantile `share` of `count` values needs. */
  static needed(count: number, share: number): number {
    return count - Math.floor((count - 1) * share);
  }

  static bytes(units: number, kept: number): number {
    return units * kept * 8;
  }

  /** Values of one unit: `count` of them from element `start` on. */
  add(unit: number, values: Float32Array, start: number, count: number): void {
    const kept = this.#kept;
    const base = unit * 2 * kept;
    let size = this.#counts[unit]!;
    let least = this.#least[unit]!;
    let low = this.#low[unit]!;
    let high = this.#high[unit]!;
    for (let i = start; i < start + count; i++) {
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > least || size < kept) {
        this.#values[base + size++] = value;
        if (size === 2 * kept) {
          const own = this.#values.subarray(base, base + size).sort();
          own.copyWithin(0, kept);
          size = kept;
          least = own[0]!;
        }
      }
      if (value - value !== 0) this.#invalid[unit] = 1;
    }
    this.#counts[unit] = size;
    this.#least[unit] = least;
    this.#low[unit] = low;
    this.#high[unit] = high;
    this.#seen[unit] = this.#seen[unit]! + count;
  }

  /** Whether a value of the unit was not finite. */
  isInvalid = (unit: number): boolean => this.#invalid[unit] === 1;

  /** Whether all values of the unit are equal. */
  isConstant = (unit: number): boolean => !(this.#high[unit]! > this.#low[unit]!);

  /** The quantile of all values, interpolated linearly between the two nearest ranks, as NumPy does by default. */
  quantile(unit: number, share: number): number {
    const base = unit * 2 * this.#kept;
    const sorted = this.#values.subarray(base, base + this.#counts[unit]!).sort();
    const position = (this.#seen[unit]! - 1) * share;
    const lower = Math.floor(position);
    const at = (rank: number): number => sorted[sorted.length - (this.#seen[unit]! - rank)]!;
    const below = at(lower);
    const above = lower + 1 < this.#seen[unit]! ? at(lower + 1) : below;
    return below + (above - below) * (position - lower);
  }
}
