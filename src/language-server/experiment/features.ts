import type { CancellationToken } from "vscode-languageserver";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { EngineFacts } from "../engine-facts.ts";
import type { OpenExperiment, OpenExperiments } from "./open-document.ts";

/** What every feature of experiment files works with. */
export interface Asked {
  readonly experiment: OpenExperiment;
  readonly facts: EngineFacts;
  readonly cards: readonly AnalysisCard[];
  readonly all: OpenExperiments;
  /** Whether whoever asked has stopped waiting. */
  readonly token: CancellationToken;
}
