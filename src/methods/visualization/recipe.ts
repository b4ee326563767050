import type { Range } from "./range.ts";
import type { Robustness } from "./transforms.ts";

/** How an image is parametrized, transformed and optimized: everything that its pixels depend on besides objective, size and seed. */
export interface Recipe {
  readonly parametrization: "fourier" | "pixel";
  /** The exponent of the frequency by which coefficients are divided. */
  readonly decay: number;
  readonly decorrelated: boolean;
  readonly transforms: Robustness;
  readonly surround: "mean" | "grey";
  readonly learningRate: number;
  /** The standard deviation of the initial coefficients or pixels. */
  readonly noise: number;
  readonly range: Range;
  /** The number of initial steps in which gradients are redirected through inactive rectifiers. */
  readonly redirectSteps: number;
  /** The weight of the mean absolute difference of neighbouring pixels. */
  readonly totalVariation: number;
  /** The weight of the mean squared distance from middle grey. */
  readonly l2: number;
}

export type PresetName = "glassbox" | "lucid" | "pixel";

/** The default number of steps. 512 is lucid's. */
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
  // Tuned on EfficientNet-Lite0 for images that keep their activation under transforms.
  glassbox: {
    ...shared,
    transforms: { pad: 12, jitter: 8, scales: { low: 0.9, high: 1.1 }, angles: { low: -5, high: 5 }, lastJitter: 16 },
    surround: "mean",
  },
  // Source: optvis/render.py and optvis/transform.py, render_vis with standard_transforms. It redirects while the global step, which starts at 0, is at most 16.
  lucid: {
    ...shared,
    redirectSteps: 17,
    transforms: { pad: 12, jitter: 8, scales: tenPercent, angles: tenDegrees, lastJitter: 4 },
    surround: "grey",
  },
  // Plain gradient ascent on pixels, without any of the techniques, for comparison.
  pixel: {
    ...shared,
    parametrization: "pixel",
    decorrelated: false,
    transforms: { pad: 0, jitter: 0, scales: [1], angles: [0], lastJitter: 0 },
    surround: "mean",
  },
};
