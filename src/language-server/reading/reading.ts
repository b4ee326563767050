import type { Experiment } from "../../experiment/experiment.ts";
import { parseExperiment } from "../../experiment/parse.ts";
import { validate } from "../../experiment/validate.ts";
import type { Problem } from "../../protocol/experiment.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";

/**
 * What an experiment's text says, without the model and the files that it names. It is plain data, because it is sent
 * between threads.
 */
export interface Reading {
  /** As much as could be parsed. */
  readonly experiment: Experiment | undefined;
  readonly problems: readonly Problem[];
}

export function readText(text: string, cards: readonly AnalysisCard[]): Reading {
  const { experiment, problems } = parseExperiment(text);
  return { experiment, problems: experiment ? [...problems, ...validate(experiment, cards)] : problems };
}
