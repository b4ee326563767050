import type { Check } from "../../protocol/result.ts";
import type { Robustness } from "./transforms.ts";

/** The transforms that a picture must withstand: shifts by up to 8 pixels, scales of ± 10 %, rotations of ± 5°. */
export const trialTransforms: Robustness = {
  pad: 8,
  jitter: 16,
  scales: { low: 0.9, high: 1.1 },
  angles: { low: -5, high: 5 },
  lastJitter: 0,
};
export const trials = 12;

export interface Reached {
  readonly activation: number;
  readonly underTransforms: readonly number[];
}

/** The checks of the pictures of one objective, averaged over the pictures. Of `found` real pictures, those in `photographs` were evaluated. */
export function certify(images: readonly Reached[], photographs: readonly number[], found: number): Check[] {
  const activation = mean(images.map((image) => image.activation));
  const moved = mean(images.flatMap(({ underTransforms }) => underTransforms));
  return [
    reached(activation),
    ...(photographs.length > 0 ? [againstPhotographs(moved, activation, photographs, found)] : []),
    kept(activation, moved),
  ];
}

const reached = (activation: number): Check => ({
  id: "activation",
  label: "activation",
  status: "info",
  value: activation.toPrecision(3),
  sentence: `On this picture the objective is ${activation.toPrecision(3)}. A high value alone proves nothing: noise reaches higher values, and loses them when it is shifted by a pixel.`,
  numbers: { activation },
});

/** Compares the activation under transforms, so that activation from noise does not count. */
function againstPhotographs(moved: number, activation: number, photographs: readonly number[], found: number): Check {
  const best = Math.max(...photographs);
  const percentile = (100 * photographs.filter((other) => other < moved).length) / photographs.length;
  const count = photographs.length;
  const left =
    found > count
      ? ` ${found - count} of the folder's ${found} pictures were not used: they exceed the limit, or could not be read.`
      : "";
  return {
    id: "photographs",
    label: "against real pictures",
    status: percentile === 100 ? "pass" : percentile >= 95 ? "warn" : "fail",
    value: percentile === 100 ? `above all ${count}` : `percentile ${percentile.toFixed(0)} of ${count}`,
    sentence:
      percentile === 100
        ? `Even under these transforms, it activates the unit more (${moved.toPrecision(3)}) than every one of ${count} real picture${count === 1 ? "" : "s"} (at most ${best.toPrecision(3)}).${left}`
        : `Under these transforms, it reaches ${moved.toPrecision(3)}; ${Math.round(((100 - percentile) / 100) * count)} of ${count} real pictures activate the unit as much or more (up to ${best.toPrecision(3)}): the optimization did not find what the unit responds to.${left}`,
    numbers: { percentile, best, count, found, activation, moved },
  };
}

function kept(activation: number, moved: number): Check {
  const share = activation > 0 ? moved / activation : NaN;
  const known = Number.isFinite(share);
  return {
    id: "transforms",
    label: "kept under transforms",
    status: known && share >= 0.8 ? "pass" : known && share >= 0.5 ? "warn" : "fail",
    value: known ? `${(100 * share).toFixed(0)} %` : moved.toPrecision(3),
    sentence: known
      ? `Under ${trials} random shifts of up to 8 pixels, scales of ± 10 % and rotations of ± 5° it keeps ${(100 * share).toFixed(0)} % of its activation${share >= 0.8 ? ", as structure does" : share >= 0.5 ? "; details are partly noise" : ": it is mostly noise"}.`
      : `The objective is ${activation.toPrecision(3)} on this picture and ${moved.toPrecision(3)} under transforms: the unit was not activated.`,
    numbers: { share: known ? share : 0, moved, trials },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
