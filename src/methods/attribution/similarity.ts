import type { Network } from "../network.ts";
import { blur } from "./blur.ts";
import { extentOf } from "./heatmap.ts";

/** Pearson's correlation of two maps as they are displayed: magnitudes summed over channels, smoothed by 1.5 % of the width. */
export function similarity(network: Network, a: Float64Array, b: Float64Array): number {
  return correlation(density(network, a), density(network, b));
}

function density(network: Network, attributions: Float64Array): Float64Array {
  const [rows, columns] = extentOf(network);
  const area = rows * columns;
  const channels = attributions.length / area;
  const sums = new Float64Array(area);
  const interleaved = network.source.layout === "NHWC";
  for (let i = 0; i < attributions.length; i++) {
    const pixel = interleaved ? Math.floor(i / channels) : i % area;
    sums[pixel] = sums[pixel]! + Math.abs(attributions[i]!);
  }
  return blur(sums, { rows, columns, channels: 1, interleaved: false }, 0.015 * columns);
}

/** Pearson's correlation; 0 if one of the arrays is constant. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const meanA = a.reduce((sum, value) => sum + value, 0) / a.length;
  const meanB = b.reduce((sum, value) => sum + value, 0) / b.length;
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < a.length; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    covariance += da * db;
    varianceA += da * da;
    varianceB += db * db;
  }
  return varianceA && varianceB ? covariance / Math.sqrt(varianceA * varianceB) : 0;
}
