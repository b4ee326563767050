import type { AnyAnalysis } from "../../methods/analysis.ts";
import type { CommonContext, Contexts } from "../../methods/contexts.ts";
import type { SubjectKind } from "../../protocol/analysis-card.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import type { Question, Subject } from "../../protocol/question.ts";
import type { Check } from "../../protocol/result.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { EngineServices } from "../services.ts";

/** Prepares questions about one kind of subject: opens, loads and hashes it, and builds the analysis' context. */
export interface SubjectOpener<Kind extends SubjectKind> {
  prepare(
    services: EngineServices,
    question: Question<Extract<Subject, { readonly kind: Kind }>>,
    analysis: AnyAnalysis,
  ): Promise<Prepared<Kind>>;
}

/** A question with its open model and subject. */
export interface Prepared<Kind extends SubjectKind = SubjectKind> {
  /** SHA-256 of the model's content: its own file and all that its tensors name. */
  readonly model: string;
  readonly subject: { readonly name: string; readonly sha256: string };
  /** The part of the subject that cached parts of answers depend on; the whole subject if unset. */
  readonly partsOf?: string | undefined;
  /** What the model was taken to be, as text; unset for language models. */
  readonly contract?: string | undefined;
  /** How the subject becomes the model's input. */
  readonly preparation: string;
  readonly target: string | undefined;
  /** The runtime that computes it. */
  readonly runtime: Runtime;
  readonly context: Omit<Contexts[Kind], keyof CommonContext>;
  readonly written: WrittenSubject;
  /** Checks against files that may change independently of the question, so they are never cached. */
  readonly fresh?: (data: AnswerData) => readonly Check[];
}

/** The subject as copied commands and experiment files write it. */
export interface WrittenSubject {
  /** Quoted arguments of the command line. */
  readonly flags: readonly string[];
  /** An entry of an experiment's inputs, with absolute paths; unset if the format cannot express it. */
  readonly input: string | Readonly<Record<string, string | boolean | undefined>> | undefined;
  readonly preprocessing?: Preprocessing | undefined;
}
