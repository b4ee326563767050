import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { AnswerData, DataOf } from "../../protocol/answer-data.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { TaskCard } from "../../protocol/experiment.ts";
import type { ModelCard } from "../../protocol/model.ts";
import type { Result } from "../../protocol/result.ts";
import type { Html } from "../report/html.ts";

/** One answer with everything needed to draw it. */
export interface Found<Kind extends AnswerData["kind"]> {
  readonly task: Pick<TaskCard, "analysis" | "method">;
  readonly result: Result<DataOf<Kind>>;
  readonly method: AnalysisCard;
  readonly model: ModelCard;
  readonly input: Pick<PreparedInput, "view">;
}

/** The section of a report for one kind of data. Everything else about a kind is in `src/answers`. */
export interface Presenter<Kind extends AnswerData["kind"]> {
  /** One input's answers of this kind. */
  section(found: readonly Found<Kind>[]): readonly Html[];
  /** Files next to an answer's JSON, by extension, if they differ from the formats of its kind. */
  files?(found: Found<Kind>): Readonly<Record<string, Uint8Array | string>>;
}
