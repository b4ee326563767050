import { Random } from "../../tensor/random.ts";

/**
 * The random transforms of the image in each step: pad, crop at random, scale, rotate about the centre, crop at random.
 * They suppress structure that depends on single pixels.
 */
export interface Robustness {
  /** Pixels added on each side, with the surround's value. */
  readonly pad: number;
  /** Pixels that the random crop before scaling and rotating removes from each extent. */
  readonly jitter: number;
  readonly scales: Range | readonly number[];
  /** In degrees. */
  readonly angles: Range | readonly number[];
  /** Pixels that the random crop at the end removes. */
  readonly lastJitter: number;
}

/** A uniform distribution between two numbers. (A list means a uniform choice among its elements.) */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** No transform. */
export const still: Robustness = { pad: 0, jitter: 0, scales: [1], angles: [0], lastJitter: 0 };

/** One random draw. Shifts are in pixels from the middle. */
export interface Placement {
  readonly shift: readonly [down: number, right: number];
  readonly scale: number;
  readonly degrees: number;
  readonly lastShift: readonly [down: number, right: number];
}

export const outputExtent = (extent: number, { pad, jitter, lastJitter }: Robustness): number =>
  extent + 2 * pad - jitter - lastJitter;

export function drawPlacement(random: Random, { jitter, scales, angles, lastJitter }: Robustness): Placement {
  const crop = (size: number): number => random.integer(size + 1) - size / 2;
  const shift = [crop(jitter), crop(jitter)] as const;
  const scale = drawn(random, scales);
  const degrees = drawn(random, angles);
  return { shift, scale, degrees, lastShift: [crop(lastJitter), crop(lastJitter)] };
}

const drawn = (random: Random, from: Range | readonly number[]): number =>
  "low" in from ? random.uniform(from.low, from.high) : random.choice(from);

/**
 * A placement as the affine map from output positions to image positions, both in [−1, 1] between the outer edges, last
 * axis first, as in GridSample. All transforms are one resampling, so nothing is blurred twice.
 */
export function affineOf(
  { shift, scale, degrees, lastShift }: Placement,
  image: readonly [rows: number, columns: number],
  output: readonly [rows: number, columns: number],
): readonly number[] {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const [halfRows, halfColumns] = [image[0] / 2, image[1] / 2];
  const [outRows, outColumns] = [output[0] / 2, output[1] / 2];
  const across = cos * lastShift[1] + sin * lastShift[0] + shift[1];
  const down = -sin * lastShift[1] + cos * lastShift[0] + shift[0];
  return [
    (cos * outColumns) / halfColumns,
    (sin * outRows) / halfColumns,
    across / halfColumns,
    (-sin * outColumns) / halfRows,
    (cos * outRows) / halfRows,
    down / halfRows,
  ];
}

/** Random numbers that depend only on the seed, the row and the step: an image is the same alone, in a batch, and after a pause. */
export const randomFor = (seed: number, row: number, step: number): Random =>
  new Random(
    (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca6b) ^ Math.imul(step + 1, 0xc2b2ae35)) >>> 0,
  );
