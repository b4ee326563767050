import type { AnyAnalysis } from "../../methods/analysis.ts";
import type { CommonContext, Contexts } from "../../methods/contexts.ts";
import type { SubjectKind } from "../../protocol/analysis-card.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import type { Question, Subject } from "../../protocol/question.ts";
import type { Check } from "../../protocol/result.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { EngineServices } from "../services.ts";

/** How questions about one kind of subject are prepared: opened, loaded, hashed, and put into a context. */
export interface SubjectOpener<Kind extends SubjectKind> {
  prepare(
    services: EngineServices,
    question: Question<Extract<Subject, { readonly kind: Kind }>>,
    analysis: AnyAnalysis,
  ): Promise<Prepared<Kind>>;
}

/** A question whose model and subject are open. */
export interface Prepared<Kind extends SubjectKind = SubjectKind> {
  /** SHA-256 of the model's content. */
  readonly model: string;
  readonly subject: { readonly name: string; readonly sha256: string };
  /** What of the subject kept parts of answers depend on; all of it if unset. */
  readonly partsOf?: string | undefined;
  /** How the subject becomes the model's input. */
  readonly preparation: string;
  readonly target: string | undefined;
  /** What computes it. */
  readonly runtime: Runtime;
  readonly context: Omit<Contexts[Kind], keyof CommonContext>;
  readonly written: WrittenSubject;
  /** Checks against files that may change while the question does not, and so are never kept. */
  readonly fresh?: (data: AnswerData) => readonly Check[];
}

/** The subject as a copied command and an experiment file write it. */
export interface WrittenSubject {
  /** Words of the command line, quoted. */
  readonly flags: readonly string[];
  /** An entry of an experiment's inputs, with whole paths; unset where the format cannot say it. */
  readonly input: string | Readonly<Record<string, string | boolean | undefined>> | undefined;
  readonly preprocessing?: Preprocessing | undefined;
}
