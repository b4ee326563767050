import { GlassboxError } from "../../tensor/errors.ts";
import { image, maxPixels, type Image, type Rectangle, type Size } from "./image.ts";

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

/** The pixels from `start` on, `length` of them, along one axis. */
interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * The source pixels and weights of the target pixels in `span`. When reducing, the kernel is stretched by the scale,
 * which is the antialiasing. The weights sum to one before they are rounded.
 */
function tapsFor(from: number, to: number, { support, weight }: Kernel, span: Span): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const stride = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(span.length);
  const count = new Int32Array(span.length);
  checkPixels(span.length, stride);
  const weights = new Int32Array(span.length * stride);
  const row = new Float64Array(stride);
  for (let target = 0; target < span.length; target++) {
    const center = (span.start + target + 0.5) * scale;
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
 *
 * @param window the part of the result that is wanted; only its pixels are computed
 */
export function resize(
  source: Image,
  { width, height }: Size,
  filter: Filter,
  window: Rectangle = { x: 0, y: 0, width, height },
): Image {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw new RangeError(`cannot resize to ${width} × ${height}`);
  checkPixels(window.width, window.height);
  const kernel = kernels[filter];
  const rows =
    height === source.height
      ? undefined
      : tapsFor(source.height, height, kernel, { start: window.y, length: window.height });
  const needed = rows ? rowsRead(rows) : { start: window.y, length: window.height };
  const narrowed = resizeColumns(source, width, kernel, { start: window.x, length: window.width }, needed);
  if (!rows) return image(window.width, window.height, narrowed);
  const data = new Uint8Array(window.width * window.height * 3);
  const taps = { ...rows, first: rows.first.map((row) => row - needed.start) };
  pass(narrowed, taps, window.width, 3, window.width * 3, data, 3, window.width * 3);
  return image(window.width, window.height, data);
}

/** The columns of `span` in a picture of `width`, for the source's rows in `rows`. */
function resizeColumns(source: Image, width: number, kernel: Kernel, span: Span, rows: Span): Uint8Array {
  checkPixels(span.length, rows.length);
  const line = source.width * 3;
  const from = source.data.subarray(rows.start * line, (rows.start + rows.length) * line);
  const data = new Uint8Array(span.length * rows.length * 3);
  if (width !== source.width) {
    pass(from, tapsFor(source.width, width, kernel, span), rows.length, line, 3, data, span.length * 3, 3);
    return data;
  }
  for (let row = 0; row < rows.length; row++) {
    const start = row * line + span.start * 3;
    data.set(from.subarray(start, start + span.length * 3), row * span.length * 3);
  }
  return data;
}

/** The source pixels that the target pixels read, from the first to the last. */
function rowsRead({ first, count }: Taps): Span {
  const last = first.length - 1;
  return { start: first[0]!, length: first[last]! + count[last]! - first[0]! };
}

/** Sizes in a file or an option may be anything, so an array is measured before it is made. */
function checkPixels(width: number, height: number): void {
  if (width * height <= maxPixels) return;
  throw new GlassboxError(
    "resource",
    `resizing this picture takes ${width} × ${height} pixels, over the limit of ${maxPixels / 1e6} megapixels`,
    { hint: "Crop it to the part that matters first, or choose a smaller size." },
  );
}
