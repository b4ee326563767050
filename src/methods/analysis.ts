import type { AnalysisCard, SubjectKind } from "../protocol/analysis-card.ts";
import type { AnswerData, DataOf, Part } from "../protocol/answer-data.ts";
import type { Check, OptionValues, Progress } from "../protocol/result.ts";
import type { CommonContext, Contexts } from "./contexts.ts";
import type { OptionsOf, OptionTable } from "./option.ts";

type Kind = AnswerData["kind"];

/** The result of an analysis, with its checks. */
export interface Outcome<Data = AnswerData> {
  readonly data: Data;
  readonly certificate: readonly Check[];
}

/** What an analysis yields while it runs: its progress and new results. */
export interface Update<Data = AnswerData> {
  readonly progress: Progress;
  /** The preliminary outcome. */
  readonly partial?: Outcome<Data> | undefined;
  /** The new part since the last update, if the data arrive in parts. */
  readonly part?: Part | undefined;
}

/** The input of a run: the subject's context and the options. */
export type RunContext<S extends SubjectKind, T extends OptionTable> = Contexts[S] & { readonly options: OptionsOf<T> };

/**
 * The complete definition of an analysis: what user interfaces show of it, and what it computes. One line in `table.ts`
 * makes it available to panels, terminal, library, experiment files, schema and completion.
 *
 * `run` is pure except for the network that it runs: equal contexts give equal outcomes. If it is cancelled, it returns
 * the preliminary outcome.
 */
export interface Analysis<
  S extends SubjectKind = SubjectKind,
  K extends Kind = Kind,
  T extends OptionTable = OptionTable,
> extends Omit<AnalysisCard, "takes" | "gives" | "options"> {
  readonly takes: S;
  /** The kind of its answer's data. */
  readonly gives: K;
  readonly options: T;
  /** The options as they are used and recorded, if a default depends on the subject or on another option. */
  effective?(options: OptionValues, subject: Omit<Contexts[S], keyof CommonContext>): OptionValues;
  run(context: RunContext<S, T>): AsyncGenerator<Update<DataOf<K>>, Outcome<DataOf<K>>>;
  /** A Python program that computes the same numbers, if a library of the field offers the analysis. */
  python?(context: RunContext<S, T>, file: string): string;
}

export const analysis = <S extends SubjectKind, K extends Kind, const T extends OptionTable>(
  id: string,
  definition: Omit<Analysis<S, K, T>, "id">,
): Analysis<S, K, T> => ({ id, ...definition });

/** An analysis as the table stores it. Each analysis checks its own options and has its own kind of subject. */
export type AnyAnalysis = Omit<Analysis, "effective" | "run" | "python"> & {
  effective?(options: OptionValues, subject: never): OptionValues;
  run(context: never): AsyncGenerator<Update, Outcome>;
  python?(context: never, file: string): string;
};
