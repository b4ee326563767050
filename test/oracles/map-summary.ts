import { Lcg } from "./lcg.ts";

/** What `vision-gradients.py` commits of a map too large to commit. */
export interface MapSummary {
  readonly shape: readonly number[];
  readonly l2: number;
  readonly sum: number;
  readonly min: number;
  readonly argmin: number;
  readonly max: number;
  readonly argmax: number;
  readonly positions: readonly number[];
  readonly values: readonly number[];
  readonly projections?: readonly number[];
}

export interface Agreement {
  /** Largest difference among the 64 committed values, as a share of the map's largest magnitude. */
  readonly largest: number;
  /**
   * Estimated relative L2 distance: for ±1 vectors r, E⟨r, d⟩² = |d|², so the root mean square of the projections' differences
   * over the norm. With 32 projections its standard error is an eighth of it.
   */
  readonly relativeL2: number;
}

/** How far `map` is from the map that was summarised. `signSeed` stands in the oracle's file. */
export function agreement(map: ArrayLike<number>, summary: MapSummary, signSeed: number): Agreement {
  const size = summary.shape.reduce((product, extent) => product * extent, 1);
  if (map.length !== size) throw new RangeError(`a map of ${map.length} values is compared with one of ${size}`);
  const magnitude = Math.max(Math.abs(summary.min), Math.abs(summary.max));
  const largest =
    Math.max(...summary.positions.map((position, i) => Math.abs(map[position]! - summary.values[i]!))) / magnitude;
  const stream = new Lcg(signSeed);
  const projections = summary.projections ?? [];
  let squares = 0;
  for (const expected of projections) {
    let projection = 0;
    for (let i = 0; i < size; i++) projection += stream.sign() * map[i]!;
    squares += (projection - expected) ** 2;
  }
  return { largest, relativeL2: projections.length ? Math.sqrt(squares / projections.length) / summary.l2 : NaN };
}
