import type { CancellationToken } from "vscode-languageserver";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { EngineFacts } from "../engine-facts.ts";
import type { OpenExperiment, OpenExperiments } from "./open-document.ts";

/** The context of every feature of experiment files. */
export interface Asked {
  readonly experiment: OpenExperiment;
  readonly facts: EngineFacts;
  readonly cards: readonly AnalysisCard[];
  readonly all: OpenExperiments;
  /** Cancelled if the client no longer waits. */
  readonly token: CancellationToken;
}
