import assert from "node:assert/strict";
import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { colourMatrix } from "./colour.ts";
import { spectrumScale } from "./fourier.ts";
import { presets, presetSteps } from "./recipe.ts";

test("lucid's constants: the scale of 4 × 4 coefficients, the colour matrix, the transforms", () => {
  near(spectrumScale(4, 4, 1), [16, 16, 8, 16, 11.3137, 7.1554, 8, 7.1554, 5.6569, 16, 11.3137, 7.1554], 1e-4);
  near(colourMatrix.flat(), [0.5628, 0.1948, 0.0433, 0.5845, 0, -0.1082, 0.5845, -0.1948, 0.0649], 5e-5);
  const { transforms, learningRate, noise, redirectSteps, decay, decorrelated, surround, range } = presets.lucid;
  assert.deepEqual(
    [
      transforms.pad,
      transforms.jitter,
      transforms.lastJitter,
      learningRate,
      noise,
      decay,
      decorrelated,
      surround,
      range,
    ],
    [12, 8, 4, 0.05, 0.01, 1, true, "grey", "sigmoid"],
  );
  // lucid's global step counts from 0, and gradients are redirected unless it is above 16.
  assert.deepEqual([redirectSteps, presetSteps.lucid], [17, 512]);
  near(transforms.scales as readonly number[], [0.9, 0.92, 0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1], 1e-12);
  const angles = transforms.angles as readonly number[];
  assert.deepEqual(
    [angles.length, Math.min(...angles), Math.max(...angles), angles.filter((angle) => angle === 0).length],
    [26, -10, 10, 6],
  );
});
