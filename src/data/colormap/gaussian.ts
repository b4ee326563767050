import { heatmap, type Heatmap } from "./heatmap.ts";

/** The radius of the kernel in standard deviations; less than 0.3 % of the weight is beyond it. */
const reach = 3;

/**
 * Separable Gaussian smoothing with standard deviation `sigma` in pixels. At an edge, weights outside the map are dropped
 * and the rest are renormalised, so a constant map stays constant.
 */
export function gaussian(map: Heatmap, sigma: number): Heatmap {
  if (!(sigma > 0)) return map;
  const radius = Math.ceil(reach * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const across = blurLines(map.values, map.height, map.width, map.width, 1, kernel);
  return heatmap(map.width, map.height, blurLines(across, map.width, map.height, 1, map.width, kernel));
}

function blurLines(
  values: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  kernel: Float64Array,
): Float32Array {
  const out = new Float32Array(values.length);
  const radius = (kernel.length - 1) / 2;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      const first = Math.max(0, i - radius);
      const last = Math.min(length - 1, i + radius);
      let sum = 0;
      let weight = 0;
      for (let j = first; j <= last; j++) {
        const w = kernel[j - i + radius]!;
        sum += values[line * lineStep + j * step]! * w;
        weight += w;
      }
      out[line * lineStep + i * step] = sum / weight;
    }
  }
  return out;
}
