import type { FoundBox, Prediction } from "../protocol/result.ts";
import { percent } from "./percent.ts";

/** One line of what a model says, the same in the terminal, the report and the panel. */
export interface PredictionRow {
  readonly name: string;
  readonly figure: string;
  /** The length of a bar, 0 to 1; unset where there is no scale. */
  readonly share: number | undefined;
  /** The class, number or feature. */
  readonly index: number;
  /** What is explained if this line is chosen, in text form. */
  readonly target: string;
}

/** What a list of these lines is called. */
export function predictionTitle(prediction: Prediction): string {
  switch (prediction.is) {
    case "classes":
    case "binary":
      return "What it sees";
    case "independent":
      return "What it sees, each for itself";
    case "number":
      return "What it says";
    case "embedding":
      return "Its largest components";
    case "segmentation":
      return "What it sees, by share of the pixels";
    case "pixels":
      return "What it gives each pixel";
    case "boxes":
      return "What it finds";
    case "sequence":
      return "What it says at each place";
  }
}

export function predictionRows(prediction: Prediction): readonly PredictionRow[] {
  switch (prediction.is) {
    case "classes":
    case "independent":
      return prediction.top.map(({ name, index, probability }) => ({
        name,
        index,
        figure: percent(probability),
        share: probability,
        target: `logit:${index}`,
      }));
    case "binary":
      return prediction.top.map(({ name, index, probability }) => ({
        name,
        index,
        figure: percent(probability),
        share: probability,
        target: index === 1 ? "score" : "-score",
      }));
    case "number":
    case "embedding": {
      const { low, high } = prediction.range;
      return prediction.top.map(({ name, index, value }) => ({
        name,
        index,
        figure: `${number(value)}${rangeWords(low, high)}`,
        share: low !== undefined && high !== undefined ? (value - low) / (high - low) : undefined,
        target: `number:${index}`,
      }));
    }
    case "segmentation":
      return prediction.top.map(({ name, index, share }) => ({
        name,
        index,
        figure: percent(share),
        share,
        target: `logit:${index}@own`,
      }));
    case "pixels":
      return prediction.top.map(({ name, index, low, mean, high }) => ({
        name,
        index,
        figure: `${number(mean)} (${number(low)} to ${number(high)})`,
        share: undefined,
        target: `number:${index}`,
      }));
    case "boxes":
      return prediction.top.map((box) => ({
        name: box.name,
        index: box.index,
        figure: `${percent(box.score)} ${boxWords(box)}`,
        share: box.score,
        target: `box:${box.box}:class:${box.index}`,
      }));
    case "sequence":
      return prediction.top.map(({ position, index, name, value, probability }) => ({
        name: `${position}: ${name}`,
        index,
        figure: probability === undefined ? number(value) : percent(probability),
        share: probability,
        target: `logit:${index}@${position}`,
      }));
  }
}

/** The numbers of an output in few words, e.g. "cat 82.3 %". */
export function predictionHeadline(prediction: Prediction): string | undefined {
  const [best] = predictionRows(prediction);
  if (best === undefined) return prediction.is === "boxes" ? "no box" : undefined;
  return `${best.name} ${best.figure}`;
}

const number = (value: number): string => String(Number(value.toPrecision(4)));

function rangeWords(low: number | undefined, high: number | undefined): string {
  if (low !== undefined && high !== undefined) return ` (of ${low} to ${high})`;
  return low === undefined ? "" : ` (at least ${low})`;
}

/** Where a box is, in percent of the picture's width and height. */
function boxWords({ left, top, width, height }: FoundBox): string {
  const [x0, x1, y0, y1] = [left, left + width, top, top + height].map((share) => Math.round(100 * share));
  return `at ${x0}–${x1} % × ${y0}–${y1} %`;
}
