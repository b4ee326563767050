import type { AnalysisData, ResultOf } from "../../../protocol/answer-data.ts";
import type { PreparedInput } from "../../../protocol/engine.ts";
import type { TaskCard } from "../../../protocol/experiment.ts";
import type { LanguageCard } from "../../../protocol/language-model.ts";
import type { AnalysisCard } from "../../../protocol/analysis-card.ts";
import type { ModelCard } from "../../../protocol/model.ts";
import type { Html } from "../../report/html.ts";

/** One task's answer with what it takes to draw it. */
export interface Found<Kind extends AnalysisData["kind"]> {
  readonly task: TaskCard;
  readonly result: ResultOf<Kind>;
  readonly method: AnalysisCard;
  readonly model: ModelCard | LanguageCard;
  readonly input: Pick<PreparedInput, "view">;
}

export type What = readonly [what: string, value: string | number | boolean];

/** How one kind of data is written and shown. The JSON of a task holds all of it; this is what people and table programs read. */
export interface Presenter<Kind extends AnalysisData["kind"]> {
  /** Files beside the task's JSON: what follows its stem, and what is in them. */
  files(found: Found<Kind>): Readonly<Record<string, Uint8Array | string>>;
  /** Lines of results.csv, besides the certificate's. */
  numbers?(result: ResultOf<Kind>): readonly What[];
  /** Fields of results.json, which is held in memory for all tasks at once. */
  summary?(result: ResultOf<Kind>): Readonly<Record<string, unknown>>;
  /** One input's answers of this kind in the report. */
  section(found: readonly Found<Kind>[]): readonly Html[];
}
