import type { Range } from "./range.ts";
import type { Robustness } from "./transforms.ts";

/** How an image is parametrized, disturbed and grown. Everything that its pixels depend on besides objective, size and seed. */
export interface Recipe {
  readonly parametrization: "fourier" | "pixel";
  /** Exponent of the frequency that coefficients are divided by. */
  readonly decay: number;
  readonly decorrelated: boolean;
  readonly transforms: Robustness;
  readonly surround: "mean" | "grey";
  readonly learningRate: number;
  /** Standard deviation of the first coefficients, or pixels. */
  readonly noise: number;
  readonly range: Range;
  /** Steps in which gradients are redirected through rectifiers that are off. */
  readonly redirectSteps: number;
  /** Weight of the mean absolute difference of neighbouring pixels. */
  readonly totalVariation: number;
  /** Weight of the mean squared distance from middle grey. */
  readonly l2: number;
}

export type PresetName = "glassbox" | "lucid" | "pixel";

/** Steps unless others are asked for. 512 are lucid's own. */
export const presetSteps: Readonly<Record<PresetName, number>> = { glassbox: 256, lucid: 512, pixel: 256 };

const shared = {
  parametrization: "fourier",
  decay: 1,
  decorrelated: true,
  learningRate: 0.05,
  noise: 0.01,
  range: "sigmoid",
  redirectSteps: 16,
  totalVariation: 0,
  l2: 0,
} as const;

const tenPercent = Array.from({ length: 11 }, (_, i) => 1 + (i - 5) / 50);
const tenDegrees = [...Array.from({ length: 21 }, (_, i) => i - 10), 0, 0, 0, 0, 0];

export const presets: Readonly<Record<PresetName, Recipe>> = {
  // Measured on EfficientNet-Lite0: images that keep their activation under transforms.
  glassbox: {
    ...shared,
    transforms: { pad: 12, jitter: 8, scales: { low: 0.9, high: 1.1 }, angles: { low: -5, high: 5 }, lastJitter: 16 },
    surround: "mean",
  },
  // optvis/render.py and optvis/transform.py: render_vis with standard_transforms, redirecting while its global step, from 0, is at most 16.
  lucid: {
    ...shared,
    redirectSteps: 17,
    transforms: { pad: 12, jitter: 8, scales: tenPercent, angles: tenDegrees, lastJitter: 4 },
    surround: "grey",
  },
  // Plain gradient ascent on pixels: what happens without any of it.
  pixel: {
    ...shared,
    parametrization: "pixel",
    decorrelated: false,
    transforms: { pad: 0, jitter: 0, scales: [1], angles: [0], lastJitter: 0 },
    surround: "mean",
  },
};
