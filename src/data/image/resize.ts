import { image, type Image, type Size } from "./image.ts";

export type Filter = "bilinear" | "bicubic" | "lanczos" | "box";

interface Kernel {
  /** Half the width, in source pixels when enlarging and in target pixels when reducing. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** The kernels as defined by Pillow. Bicubic is Keys (1981) with a = −0.5; OpenCV and PyTorch's tensors use −0.75. */
const kernels: Readonly<Record<Filter, Kernel>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: keys },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function keys(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}

/** The fractional bits of weights: 32 minus 8 for the pixel and 2 for overshoot. */
const precision = 22;

interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` fixed-point weights per target pixel. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * The source pixels and weights of each target pixel. When reducing, the kernel is stretched by the scale, which is the
 * antialiasing. The weights sum to one before they are rounded.
 */
function tapsFor(from: number, to: number, { support, weight }: Kernel): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const stride = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const row = new Float64Array(stride);
  for (let target = 0; target < to; target++) {
    const center = (target + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const taps = Math.min(from, Math.trunc(center + reach + 0.5)) - start;
    let sum = 0;
    for (let i = 0; i < taps; i++) {
      row[i] = weight((i + start - center + 0.5) * (1 / stretch));
      sum += row[i]!;
    }
    for (let i = 0; i < taps; i++) {
      const normalised = (sum === 0 ? row[i]! : row[i]! / sum) * 2 ** precision;
      weights[target * stride + i] = Math.trunc(normalised < 0 ? normalised - 0.5 : normalised + 0.5);
    }
    first[target] = start;
    count[target] = taps;
  }
  return { first, count, weights, stride };
}

/** One pass along one axis, in 32-bit integers: 255 · 2²² · overshoot stays below 2³¹ for these kernels. */
function pass(
  source: Uint8Array,
  { first, count, weights, stride }: Taps,
  lines: number,
  lineStep: number,
  pixelStep: number,
  target: Uint8Array,
  toLine: number,
  toPixel: number,
): void {
  const half = 1 << (precision - 1);
  for (let line = 0; line < lines; line++) {
    for (let pixel = 0; pixel < first.length; pixel++) {
      let red = half;
      let green = half;
      let blue = half;
      let from = line * lineStep + first[pixel]! * pixelStep;
      const row = pixel * stride;
      for (let i = 0; i < count[pixel]!; i++, from += pixelStep) {
        const weight = weights[row + i]!;
        red = (red + Math.imul(source[from]!, weight)) | 0;
        green = (green + Math.imul(source[from + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[from + 2]!, weight)) | 0;
      }
      const to = line * toLine + pixel * toPixel;
      target[to] = clip(red);
      target[to + 1] = clip(green);
      target[to + 2] = clip(blue);
    }
  }
}

const clip = (sum: number): number => Math.min(255, Math.max(0, sum >> precision));

/**
 * Pillow's `Image.resize(size, filter)` for 8-bit RGB, bit for bit: columns first, rounded to 8 bits, then rows. Training
 * pipelines resize with it, and a rounding difference of one level can change a probability by .02. (Pillow 13 resizes
 * rows first if the height shrinks much more than the width. Earlier versions, and 13 for ordinary shapes, match this
 * function.)
 */
export function resize(source: Image, { width, height }: Size, filter: Filter): Image {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw new RangeError(`cannot resize to ${width} × ${height}`);
  let { data } = source;
  if (width !== source.width) {
    const narrowed = new Uint8Array(width * source.height * 3);
    pass(
      data,
      tapsFor(source.width, width, kernels[filter]),
      source.height,
      source.width * 3,
      3,
      narrowed,
      width * 3,
      3,
    );
    data = narrowed;
  }
  if (height !== source.height) {
    const shortened = new Uint8Array(width * height * 3);
    pass(data, tapsFor(source.height, height, kernels[filter]), width, 3, width * 3, shortened, 3, width * 3);
    data = shortened;
  }
  return image(width, height, data);
}
