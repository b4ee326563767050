/**
 * Messages about experiment files: their problems, plans and outcomes.
 */
import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";
import type { AnswerData, ShownData } from "./answer-data.ts";
import type { AnalysisCard } from "./analysis-card.ts";
import type { ModelCard } from "./model.ts";
import type { Subject } from "./question.ts";
import type { OptionValues, Progress, Result } from "./result.ts";
import type { PreparedInput } from "./engine.ts";

/** A position in a text, counted from zero in UTF-16 units, as editors count. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** One problem in an experiment file: a sentence, its range and, if known, its fix. */
export interface Problem {
  readonly severity: "error" | "warning";
  /** For tests and quick fixes, e.g. `unknown-site`. */
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  /** Replacements for the text at `range`, best first. */
  readonly instead: readonly string[];
}

/** An input after patterns and folders are resolved. */
export interface PlannedInput<S extends Subject = Subject> {
  /**
   * The name in claims and reports, e.g. a picture's path relative to the experiment's folder, with forward slashes.
   */
  readonly name: string;
  readonly subject: S;
  /** A picture that is white where the object is. */
  readonly mask?: string | undefined;
}

/** One analysis of one input. */
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

/** The value that a claim reads from one task, at a path of its result. */
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
  /** The answer's headline, if it has one. */
  readonly headline?: string | undefined;
  readonly cached: boolean;
}

/** A claim after its tasks have run: the expected and the found number, formatted. */
export interface ClaimOutcome {
  /** Its range in the file, counted from zero. */
  readonly index: number;
  readonly range: Range;
  readonly status: "holds" | "fails" | "unknown";
  /** e.g. `ig.certificate.completeness.net on chelsea.png`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** The outcome in one sentence. */
  readonly sentence: string;
}

export interface ExperimentParams {
  /** A name chosen by the caller; events carry it. */
  readonly job: string;
  /** Names in the experiment are relative to this file's folder. */
  readonly file: string;
  /** The text in an editor; read from the file if unset. */
  readonly text?: string | undefined;
  /** Replaces the model that the file names, e.g. with a reader's own. */
  readonly model?: string | undefined;
  /** Runs every `count`-th task, starting at the `index`-th. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Whether results are exact or reduced for display. The engine keeps the exact ones under `<job>/<stem>`. */
  readonly detail: "exact" | "display";
}

export type ExperimentEvent = { readonly job: string } &
  /**
   * Sent once, before anything runs: the whole plan (a shard runs a part of it), its methods, and each analysis' range
   * in the file.
   */
  (
    | {
        readonly kind: "planned";
        readonly model: ModelCard;
        readonly methods: readonly AnalysisCard[];
        readonly title: string;
        readonly text: string;
        readonly inputs: readonly PlannedInput[];
        readonly tasks: readonly TaskCard[];
        readonly ranges: Readonly<Record<string, Range>>;
      }
    /** Sent once per picture or tensor, before its tasks. */
    | { readonly kind: "input"; readonly input: string; readonly prepared: PreparedInput }
    | { readonly kind: "progress"; readonly task: TaskCard; readonly progress: Progress }
    | { readonly kind: "done"; readonly outcome: TaskOutcome<AnswerData | ShownData> }
  );

export interface ExperimentOutcome {
  readonly problems: readonly Problem[];
  /** Counts only the shard's tasks. */
  readonly ran: number;
  readonly tasks: number;
  readonly cancelled: boolean;
  /** Empty for a shard, which cannot check claims about the whole. */
  readonly claims: readonly ClaimOutcome[];
}

/** Runs an experiment file. If the file has errors, nothing runs and the outcome lists them. */
export const runExperiment = new RequestType<ExperimentParams, ExperimentOutcome, Failure>("experiment/run");
export const experimentEvent = new NotificationType<ExperimentEvent>("experiment/event");
/** All problems in the file, checked against its model and the files that it names. */
export const checkExperiment = new RequestType<
  Pick<ExperimentParams, "file" | "text" | "model">,
  readonly Problem[],
  Failure
>("experiment/check");
/** Makes the absolute paths of an experiment relative to the folder where it will be saved. */
export const rebaseExperiment = new RequestType<{ readonly text: string; readonly folder: string }, string, Failure>(
  "experiment/rebase",
);
