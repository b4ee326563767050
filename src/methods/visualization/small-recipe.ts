import type { PixelCoding } from "./coding.ts";
import type { Robustness } from "./transforms.ts";

/** Of the small network's input. */
export const coding: PixelCoding = { black: [-2.1, -2, -1.8], white: [2.2, 2.4, 2.6], order: "RGB", layout: "NCHW" };

/** Transforms as strong as a small picture can bear. */
export const rough: Robustness = {
  pad: 2,
  jitter: 2,
  scales: { low: 0.9, high: 1.1 },
  angles: { low: -8, high: 8 },
  lastJitter: 2,
};
