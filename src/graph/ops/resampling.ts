/** Resampling of one axis as a linear map: which inputs each output reads, and with what weights. */
export interface AxisSampling {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubicA: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
  /** Output over input, which may differ from the quotient of the extents by rounding. */
  readonly scale: number;
  /** Start and end of the region of interest, as fractions. */
  readonly region: readonly [number, number];
}

export interface AxisRow {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
  /** Beyond the image with tf_crop_and_resize: the output is the extrapolation value. */
  readonly outside: boolean;
}

export function axisRows(extent: number, count: number, sampling: AxisSampling): readonly AxisRow[] {
  return Array.from({ length: count }, (_, o) => {
    const x = sourceCoordinate(o, extent, count, sampling);
    if (sampling.coordinates === "tf_crop_and_resize" && (x < 0 || x > extent - 1))
      return { indices: [], weights: [], outside: true };
    return gathered(x, extent, sampling);
  });
}

function sourceCoordinate(
  o: number,
  extent: number,
  count: number,
  { coordinates, scale, region: [start, end] }: AxisSampling,
): number {
  const halfPixel = (o + 0.5) / scale - 0.5;
  switch (coordinates) {
    case "half_pixel":
      return halfPixel;
    case "pytorch_half_pixel":
      return count > 1 ? halfPixel : 0;
    case "half_pixel_symmetric":
      return (extent / 2) * (1 - count / (extent * scale)) + halfPixel;
    case "align_corners":
      return count > 1 ? (o * (extent - 1)) / (count - 1) : 0;
    case "asymmetric":
      return o / scale;
    case "tf_crop_and_resize":
      return count > 1
        ? start * (extent - 1) + (o * (end - start) * (extent - 1)) / (count - 1)
        : 0.5 * (start + end) * (extent - 1);
    default:
      throw new RangeError(`Resize does not support the coordinate_transformation_mode ${coordinates}`);
  }
}

function gathered(x: number, extent: number, sampling: AxisSampling): AxisRow {
  const clamp = (i: number): number => Math.min(Math.max(i, 0), extent - 1);
  if (sampling.mode === "nearest")
    return { indices: [clamp(nearestTo(x, sampling.nearest))], weights: [1], outside: false };
  const base = Math.floor(x);
  const weights = new Map<number, number>();
  let sum = 0;
  for (const [offset, weight] of taps(x - base, sampling)) {
    const index = base + offset;
    if (weight === 0 || (sampling.excludeOutside && index !== clamp(index))) continue;
    weights.set(clamp(index), (weights.get(clamp(index)) ?? 0) + weight);
    sum += weight;
  }
  return { indices: [...weights.keys()], weights: [...weights.values()].map((weight) => weight / sum), outside: false };
}

function nearestTo(x: number, rounding: string): number {
  switch (rounding) {
    case "round_prefer_floor":
      return Math.ceil(x - 0.5);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    default:
      throw new RangeError(`Resize does not support the nearest_mode ${rounding}`);
  }
}

/** Weights by offset from the input at or before the coordinate; with antialiasing, the kernel is as wide as an output. */
function taps(ratio: number, { mode, cubicA, antialias, scale }: AxisSampling): readonly (readonly [number, number])[] {
  const kernel = mode === "linear" ? hat : mode === "cubic" ? (t: number) => keys(t, cubicA) : undefined;
  if (kernel === undefined) throw new RangeError(`Resize does not support the mode ${mode}`);
  const radius = mode === "linear" ? 1 : 2;
  const stretch = antialias ? Math.min(scale, 1) : 1;
  const first = Math.floor(-radius / stretch) + 1;
  return Array.from({ length: 2 - 2 * first }, (_, i) => [first + i, kernel((first + i - ratio) * stretch)] as const);
}

const hat = (t: number): number => Math.max(0, 1 - Math.abs(t));

/** Cubic convolution (Keys 1981, eq. 4) with parameter a. */
export function keys(signed: number, a: number): number {
  const t = Math.abs(signed);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
}
