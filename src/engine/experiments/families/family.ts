import type { Task } from "../../../experiment/plan.ts";
import type { ReadingContext } from "../../../experiment/readings/reader.ts";
import type { AnalysisResult } from "../../../protocol/answer-data.ts";
import type { PlannedInput } from "../../../protocol/experiment.ts";
import type { PreparedInput } from "../../../protocol/engine.ts";
import type { LanguageCard } from "../../../protocol/language-model.ts";
import type { Subject } from "../../../protocol/analysis-card.ts";
import type { ModelCard, Preprocessing } from "../../../protocol/model.ts";
import type { Progress } from "../../../protocol/result.ts";
import type { LanguageService } from "../../language-model/language-service.ts";
import type { Service } from "../../service.ts";

/** Who answers. */
export interface Services {
  readonly vision: Service;
  readonly language: LanguageService;
}

/** One task with everything that it is asked with. */
export interface Question<Takes extends Subject> {
  /** Under which the result stays in the engine, to be read and exported. */
  readonly job: string;
  /** The file, as it was named; `card` is what was found in it. */
  readonly model: string;
  readonly card: ModelCard | LanguageCard;
  readonly preprocessing: Preprocessing | undefined;
  /** The experiment's own. */
  readonly folder: string;
  readonly task: Task<Extract<PlannedInput, { readonly takes: Takes }>>;
  /** What `prepare` gave for its input. */
  readonly prepared: PreparedInput | undefined;
}

export interface Answer {
  readonly result: AnalysisResult;
  readonly cached: boolean;
  readonly cancelled: boolean;
}

/** How tasks of one kind of input are answered: by the same services that panels ask, so with the same bytes. */
export interface Family<Takes extends Subject> {
  open(services: Services, model: string): Promise<ModelCard | LanguageCard>;
  /** What the model sees of an input, once before its tasks. */
  prepare?(services: Services, question: Question<Takes>): Promise<PreparedInput>;
  run(
    services: Services,
    question: Question<Takes>,
    hear: (progress: Progress) => void,
    cancelled: () => boolean,
  ): Promise<Answer>;
  /** What readings may need besides the result. */
  context?(question: Question<Takes>): ReadingContext;
}
