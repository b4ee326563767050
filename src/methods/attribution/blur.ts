export interface Planes {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** True if the channels are last. */
  readonly interleaved: boolean;
}

/** Separable Gaussian blur with σ in pixels, truncated at 3σ, with repeated edges. */
export function blur(
  values: Float64Array,
  { rows, columns, channels, interleaved }: Planes,
  sigma: number,
): Float64Array {
  const kernel = gaussian(sigma);
  const [rowStep, columnStep, channelStep] = interleaved
    ? [columns * channels, channels, 1]
    : [columns, 1, rows * columns];
  const across = alongAxis(values, kernel, rows, columns, channels, rowStep, columnStep, channelStep);
  return alongAxis(across, kernel, columns, rows, channels, columnStep, rowStep, channelStep);
}

function gaussian(sigma: number): Float64Array {
  const radius = Math.max(0, Math.ceil(3 * sigma));
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma || 1)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function alongAxis(
  values: Float64Array,
  kernel: Float64Array,
  lines: number,
  length: number,
  channels: number,
  lineStep: number,
  step: number,
  channelStep: number,
): Float64Array {
  const out = new Float64Array(values.length);
  const radius = (kernel.length - 1) / 2;
  for (let channel = 0; channel < channels; channel++) {
    for (let line = 0; line < lines; line++) {
      const base = channel * channelStep + line * lineStep;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++)
          sum += kernel[k + radius]! * values[base + Math.min(length - 1, Math.max(0, i + k)) * step]!;
        out[base + i * step] = sum;
      }
    }
  }
  return out;
}
