import type { Paper, SubjectKind } from "../protocol/analysis-card.ts";
import type { AnswerData, DataOf, Part } from "../protocol/answer-data.ts";
import type { Check, OptionValues, Progress } from "../protocol/result.ts";
import type { CommonContext, Contexts } from "./contexts.ts";
import type { OptionsOf, OptionTable } from "./option.ts";

type Kind = AnswerData["kind"];

/** What an analysis found, with the checks that it earned. */
export interface Outcome<Data = AnswerData> {
  readonly data: Data;
  readonly certificate: readonly Check[];
}

/** What an analysis yields while it works: how far it is, and what is new. */
export interface Update<Data = AnswerData> {
  readonly progress: Progress;
  /** The whole as far as it is known. */
  readonly partial?: Outcome<Data> | undefined;
  /** What was found since the last update, where the data grow by parts. */
  readonly part?: Part | undefined;
}

/** What one run is given: the subject's context and the options. */
export type RunContext<S extends SubjectKind, T extends OptionTable> = Contexts[S] & { readonly options: OptionsOf<T> };

/**
 * A way to look inside a network, whole: everything that a surface shows of it and everything that it computes. One line
 * in `table.ts` makes it known to panels, terminal, library, experiment files, schema and completion.
 *
 * `run` is pure but for the network it runs: equal contexts give equal outcomes. Cancelled, it returns what it has.
 */
export interface Analysis<
  S extends SubjectKind = SubjectKind,
  K extends Kind = Kind,
  T extends OptionTable = OptionTable,
> {
  readonly id: string;
  /** What a menu groups by, e.g. `attribution`. */
  readonly family: string;
  readonly title: string;
  /** What is computed, in one line of mathematics. */
  readonly formula?: string;
  /** Whether it is asked where nobody chose: a panel's first view, `glassbox explain` without `--method`. */
  readonly byDefault?: boolean;
  /** The terminal command that asks it besides `glassbox ask`; where several share one, the flag that selects this one. */
  readonly command?: { readonly name: string; readonly when?: string };
  /** One sentence for a hover. */
  readonly summary: string;
  /** In evaluations of the network, e.g. "one gradient". */
  readonly cost: string;
  readonly paper: Paper | undefined;
  readonly takes: S;
  /** The kind of its answer's data. */
  readonly gives: K;
  /** Whether it explains a target, or only looks. */
  readonly needsTarget: boolean;
  readonly options: T;
  /** What claims may read besides what its kind of data gives, with words for completion. */
  readonly readings?: readonly (readonly [path: string, words: string])[];
  /** Options as they are used and recorded, where a default depends on the subject or on another option. */
  effective?(options: OptionValues, subject: Omit<Contexts[S], keyof CommonContext>): OptionValues;
  run(context: RunContext<S, T>): AsyncGenerator<Update<DataOf<K>>, Outcome<DataOf<K>>>;
  /** A Python program that gives the same numbers, where a library of the field has the analysis. */
  python?(context: RunContext<S, T>, file: string): string;
}

export const analysis = <S extends SubjectKind, K extends Kind, const T extends OptionTable>(
  id: string,
  definition: Omit<Analysis<S, K, T>, "id">,
): Analysis<S, K, T> => ({ id, ...definition });

/** An analysis as the table holds it: each checks its own options and knows its own subject. */
export type AnyAnalysis = Omit<Analysis, "effective" | "run" | "python"> & {
  effective?(options: OptionValues, subject: never): OptionValues;
  run(context: never): AsyncGenerator<Update, Outcome>;
  python?(context: never, file: string): string;
};
