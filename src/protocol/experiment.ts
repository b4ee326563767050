/**
 * What crosses a boundary about experiment files: what is wrong in one, what is to be run, what came out.
 */
import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";
import type { AnswerData, ShownData } from "./answer-data.ts";
import type { AnalysisCard } from "./analysis-card.ts";
import type { ModelCard } from "./model.ts";
import type { Subject } from "./question.ts";
import type { OptionValues, Progress, Result } from "./result.ts";
import type { PreparedInput } from "./engine.ts";

/** A place in a text, counted from zero, in UTF-16 units, as editors count. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** One thing that is wrong in an experiment file, as a sentence with its place and, where one is known, its cure. */
export interface Problem {
  readonly severity: "error" | "warning";
  /** For tests and quick fixes, e.g. `unknown-site`. */
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  /** What may be written instead of the text at `range`, best first. */
  readonly instead: readonly string[];
}

/** An input once patterns and folders are resolved. */
export interface PlannedInput<S extends Subject = Subject> {
  /** As claims and reports call it: a picture's path relative to the experiment's folder, with forward slashes. */
  readonly name: string;
  readonly subject: S;
  /** A picture that is white where the object is. */
  readonly mask?: string | undefined;
}

/** One input through one analysis. */
export interface TaskCard {
  readonly index: number;
  /** Names the task's files; unique in the experiment and the same on every machine. */
  readonly stem: string;
  readonly input: string;
  readonly analysis: string;
  readonly method: string;
  readonly target: string | undefined;
  readonly options: OptionValues;
}

/** What a claim needs of one task: the value at a path of its result. */
export interface Reading {
  readonly path: string;
  readonly value: ReadingValue | undefined;
  /** Why there is no value. */
  readonly why: string | undefined;
}

export type ReadingValue = string | number | boolean;

export interface TaskOutcome<Data = AnswerData> {
  readonly task: TaskCard;
  readonly result: Result<Data> | undefined;
  /** Why there is no result. */
  readonly failure: Failure | undefined;
  readonly readings: readonly Reading[];
  /** The answer in a few words, where there are some. */
  readonly headline?: string | undefined;
  readonly cached: boolean;
}

/** A claim after its tasks have run: both numbers, in words. */
export interface ClaimOutcome {
  /** As it stands in the file, counted from zero. */
  readonly index: number;
  readonly range: Range;
  readonly status: "holds" | "fails" | "unknown";
  /** e.g. `ig.certificate.completeness.net on chelsea.png`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** The whole in one sentence. */
  readonly sentence: string;
}

export interface ExperimentParams {
  /** Chosen by the caller; events carry it. */
  readonly job: string;
  /** Names in the experiment are relative to this file's folder. */
  readonly file: string;
  /** The text as it stands in an editor; the file's own if left out. */
  readonly text?: string | undefined;
  /** Another model than the file names, e.g. a reader's own. */
  readonly model?: string | undefined;
  /** Every `count`-th task, from the `index`-th. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Whether results are sent exactly, or as a drawing needs them. Exact ones stay in the engine under `<job>/<stem>`. */
  readonly detail: "exact" | "display";
}

export type ExperimentEvent = { readonly job: string } &
  /** Once, before anything runs: the whole plan, of which a shard runs a part, the methods that it asks, and where each analysis stands in the file. */
  (
    | {
        readonly kind: "planned";
        readonly model: ModelCard;
        readonly methods: readonly AnalysisCard[];
        readonly title: string;
        readonly text: string;
        readonly inputs: readonly PlannedInput[];
        readonly tasks: readonly TaskCard[];
        readonly places: Readonly<Record<string, Range>>;
      }
    /** Once a picture or tensor, before its tasks. */
    | { readonly kind: "input"; readonly input: string; readonly prepared: PreparedInput }
    | { readonly kind: "progress"; readonly task: TaskCard; readonly progress: Progress }
    | { readonly kind: "done"; readonly outcome: TaskOutcome<AnswerData | ShownData> }
  );

export interface ExperimentOutcome {
  readonly problems: readonly Problem[];
  /** Of the whole experiment, the shard's tasks only. */
  readonly ran: number;
  readonly tasks: number;
  readonly cancelled: boolean;
  /** Empty for a shard: a part cannot judge the whole. */
  readonly claims: readonly ClaimOutcome[];
}

/** Runs an experiment file. With errors in the file nothing runs, and the outcome holds them. */
export const runExperiment = new RequestType<ExperimentParams, ExperimentOutcome, Failure>("experiment/run");
export const experimentEvent = new NotificationType<ExperimentEvent>("experiment/event");
/** Everything that is wrong in the file, judged against its model and the files it names. */
export const checkExperiment = new RequestType<
  Pick<ExperimentParams, "file" | "text" | "model">,
  readonly Problem[],
  Failure
>("experiment/check");
/** An experiment with whole paths as it is to be saved in a folder: paths relative to it. */
export const rebaseExperiment = new RequestType<{ readonly text: string; readonly folder: string }, string, Failure>(
  "experiment/rebase",
);
