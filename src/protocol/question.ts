/**
 * The one way to ask: every surface sends a question and gets an answer, whatever is analysed. What an answer holds
 * depends on its kind (`answer-data.ts`).
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { AnswerData, Part, ShownData } from "./answer-data.ts";
import type { Failure, InputReference } from "./engine.ts";
import type { Prompt, TokenRef } from "./language-model.ts";
import type { AnalysisCard } from "./analysis-card.ts";
import type { Preprocessing } from "./model.ts";
import type { OptionValues, Progress, Result } from "./result.ts";

/** What an analysis looks at. */
export type Subject = PictureSubject | DataSubject | UnitSubject | PromptSubject;
export type SubjectKind = Subject["kind"];

/** A picture, or a tensor as the model takes it. */
export interface PictureSubject {
  readonly kind: "picture";
  readonly input: InputReference;
}

/** Labelled samples: `procedural[:<count>[:<seed>]]`, or the path of a folder, a .csv, .tsv or .npz file. */
export interface DataSubject {
  readonly kind: "data";
  readonly data: string;
  /** The first label of the data if unset. */
  readonly label?: string | undefined;
}

/** Units or other objectives, e.g. `channel("blocks.5", 20) - 0.2*diversity`. */
export interface UnitSubject {
  readonly kind: "unit";
  readonly objectives: readonly string[];
  /** A folder of real pictures to compare with; the sample photographs if unset. */
  readonly photographs?: string | undefined;
}

/** A prompt, and for a pair the prompt that it is compared with. */
export interface PromptSubject {
  readonly kind: "prompt";
  readonly prompt: Prompt;
  readonly corrupted?: Prompt | undefined;
  /** The right next token, and the one that it is compared with. */
  readonly answer?: TokenRef | undefined;
  readonly wrong?: TokenRef | undefined;
}

export interface Question<S extends Subject = Subject> {
  /** Chosen by the caller. Events carry it, and the answer stays in the engine under it, to be read and exported. */
  readonly job: string;
  /** The analysis' id. */
  readonly analysis: string;
  /** The model's file or folder. */
  readonly model: string;
  readonly subject: S;
  /** What is explained, e.g. `logit:281 - logit:285`, a class's number or name; the best class if unset. */
  readonly target?: string | undefined;
  /** Options that differ from their defaults. */
  readonly options: OptionValues;
  /** Overrides what is known or detected. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Whether the data come exactly, or reduced to what a drawing needs. */
  readonly detail: "exact" | "display";
  /** Starts over although a paused run of the same question could continue. */
  readonly fresh?: boolean | undefined;
}

export interface Answer<Data = AnswerData> extends Result<Data> {
  /** Whether it was read from disk. */
  readonly cached: boolean;
  /** Whether it was stopped before its end; the data are then what was known. */
  readonly cancelled: boolean;
}

/** What a job tells on its way, at most 256 KB at a time. */
export interface AskEvent {
  readonly job: string;
  readonly progress: Progress;
  /** The whole answer as far as it is known. */
  readonly result?: Result<AnswerData | ShownData> | undefined;
  /** What was found since the last event, where an answer grows by parts. */
  readonly part?: Part | undefined;
}

export const listAnalyses = new RequestType0<readonly AnalysisCard[], Failure>("analysis/list");
export const ask = new RequestType<Question, Answer<AnswerData | ShownData>, Failure>("analysis/ask");
export const askEvent = new NotificationType<AskEvent>("analysis/event");

/** One cell of a job's answer, exactly; what it holds depends on the answer's kind. */
export interface CellParams {
  readonly job: string;
  readonly row: number;
  readonly column: number;
}

export interface CellReading {
  /** One value a channel. */
  readonly values: readonly number[];
  /** 1 is the cell of the greatest magnitude. */
  readonly rank: number;
  readonly cells: number;
  /** Of the summed magnitude of all cells. */
  readonly share: number;
}

export const readAnswer = new RequestType<CellParams, CellReading, Failure>("answer/read");
/** The formats that a job's exact answer can be written in. */
export const answerFormats = new RequestType<{ readonly job: string }, readonly string[], Failure>("answer/formats");
/** A job's exact answer as the bytes of a file. Which formats there are depends on the answer's kind; `json` always is. */
export const exportAnswer = new RequestType<{ readonly job: string; readonly format: string }, Uint8Array, Failure>(
  "answer/export",
);
