/**
 * Questions and answers: every surface sends the same question, whatever is analysed. An answer's data depends on its
 * kind (`answer-data.ts`).
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { AnswerData, Part, ShownData } from "./answer-data.ts";
import type { Failure, InputReference } from "./engine.ts";
import type { Prompt, TokenRef } from "./language-model.ts";
import type { AnalysisCard } from "./analysis-card.ts";
import type { Preprocessing } from "./model.ts";
import type { OptionValues, Progress, Result } from "./result.ts";

/** The subject of an analysis. */
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

/** A prompt, and optionally the prompt that it is compared with. */
export interface PromptSubject {
  readonly kind: "prompt";
  readonly prompt: Prompt;
  readonly corrupted?: Prompt | undefined;
  /** The correct next token, and the one that it is compared with. */
  readonly answer?: TokenRef | undefined;
  readonly wrong?: TokenRef | undefined;
}

export interface Question<S extends Subject = Subject> {
  /** A name chosen by the caller. Events carry it, and the engine keeps the answer under it for reading and export. */
  readonly job: string;
  /** The analysis' id. */
  readonly analysis: string;
  /** The model's file or folder. */
  readonly model: string;
  readonly subject: S;
  /** What is explained, e.g. `logit:281 - logit:285`, or a class's index or name; the top class if unset. */
  readonly target?: string | undefined;
  /** Options that differ from their defaults. */
  readonly options: OptionValues;
  /** Overrides the known or detected preprocessing. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Whether the data is exact or reduced for display. */
  readonly detail: "exact" | "display";
  /** Starts over instead of continuing a paused run of the same question. */
  readonly fresh?: boolean | undefined;
}

export interface Answer<Data = AnswerData> extends Result<Data> {
  /** Whether it came from the disk cache. */
  readonly cached: boolean;
  /** Whether it was stopped early; the data is then partial. */
  readonly cancelled: boolean;
}

/** An event of a running job, at most 256 KB. */
export interface AskEvent {
  readonly job: string;
  readonly progress: Progress;
  /** The whole answer so far. */
  readonly result?: Result<AnswerData | ShownData> | undefined;
  /** The new part since the last event, for answers that arrive in parts. */
  readonly part?: Part | undefined;
}

export const listAnalyses = new RequestType0<readonly AnalysisCard[], Failure>("analysis/list");
export const ask = new RequestType<Question, Answer<AnswerData | ShownData>, Failure>("analysis/ask");
export const askEvent = new NotificationType<AskEvent>("analysis/event");

/** One cell of a job's exact answer. Its contents depend on the answer's kind. */
export interface CellParams {
  readonly job: string;
  readonly row: number;
  readonly column: number;
}

export interface CellReading {
  /** One value per channel. */
  readonly values: readonly number[];
  /** Counted from 1, the cell with the greatest magnitude. */
  readonly rank: number;
  readonly cells: number;
  /** The share of the summed magnitude of all cells. */
  readonly share: number;
}

export const readAnswer = new RequestType<CellParams, CellReading, Failure>("answer/read");
/** The formats in which a job's exact answer can be exported. */
export const answerFormats = new RequestType<{ readonly job: string }, readonly string[], Failure>("answer/formats");
/** A job's exact answer as the bytes of a file. The formats depend on the answer's kind; `json` is always available. */
export const exportAnswer = new RequestType<{ readonly job: string; readonly format: string }, Uint8Array, Failure>(
  "answer/export",
);
