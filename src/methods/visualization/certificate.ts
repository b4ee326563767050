import type { Check } from "../../protocol/result.ts";
import type { Robustness } from "./transforms.ts";

/** What a picture must survive: crops that move it by up to 8 pixels, scales of ± 10 %, turns of ± 5°. */
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

/** What is claimed of the pictures of one objective, on average over them. Of `found` real pictures those in `photographs` were looked at. */
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
  sentence: `On this picture the objective is ${activation.toPrecision(3)}. A high value alone proves nothing: noise reaches higher ones, and loses them when it is moved by a pixel.`,
  numbers: { activation },
});

/** By its activation under transforms: what noise gains does not count. */
function againstPhotographs(moved: number, activation: number, photographs: readonly number[], found: number): Check {
  const best = Math.max(...photographs);
  const percentile = (100 * photographs.filter((other) => other < moved).length) / photographs.length;
  const count = photographs.length;
  const left =
    found > count
      ? ` ${found - count} of the folder's ${found} pictures were left out: more than are looked at, or not to be read.`
      : "";
  return {
    id: "photographs",
    label: "against real pictures",
    status: percentile === 100 ? "pass" : percentile >= 95 ? "warn" : "fail",
    value: percentile === 100 ? `above all ${count}` : `percentile ${percentile.toFixed(0)} of ${count}`,
    sentence:
      percentile === 100
        ? `Even moved, it excites the unit more (${moved.toPrecision(3)}) than every one of ${count} real picture${count === 1 ? "" : "s"} (at most ${best.toPrecision(3)}).${left}`
        : `Moved, it reaches ${moved.toPrecision(3)}; ${Math.round(((100 - percentile) / 100) * count)} of ${count} real pictures excite the unit as much or more (up to ${best.toPrecision(3)}): it did not find what the unit looks for.${left}`,
    numbers: { percentile, best, count, found, activation, moved },
  };
}

function kept(activation: number, moved: number): Check {
  const share = activation > 0 ? moved / activation : NaN;
  const known = Number.isFinite(share);
  return {
    id: "transforms",
    label: "kept when moved",
    status: known && share >= 0.8 ? "pass" : known && share >= 0.5 ? "warn" : "fail",
    value: known ? `${(100 * share).toFixed(0)} %` : moved.toPrecision(3),
    sentence: known
      ? `Under ${trials} random shifts of up to 8 pixels, scales of ± 10 % and turns of ± 5° it keeps ${(100 * share).toFixed(0)} % of its activation${share >= 0.8 ? ", as structure does" : share >= 0.5 ? "; details are partly noise" : ": it is mostly noise"}.`
      : `The objective is ${activation.toPrecision(3)} on this picture and ${moved.toPrecision(3)} when it is moved: the unit was not excited.`,
    numbers: { share: known ? share : 0, moved, trials },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
