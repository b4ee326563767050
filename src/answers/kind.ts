import type { AnswerData, DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import type { CellReading } from "../protocol/question.ts";
import type { Result } from "../protocol/result.ts";
import type { Reader } from "./reading/reader.ts";

/** A number or a word of an answer, under the name that results.csv gives it. */
export type Figure = readonly [name: string, value: string | number | boolean];

/** The contents of a file. */
export type Contents = Uint8Array | string;

/** What claims may read, with words for completion. */
export type Readings = readonly (readonly [path: string, words: string])[];

/**
 * How one kind of data is read, written and put into words: once, for panels, terminal, reports, experiment files and the
 * language server. Only its drawing in a panel and its section of a report are elsewhere.
 */
export interface AnswerKind<Kind extends AnswerData["kind"]> {
  readonly readings: Readings;
  /** What a path means beyond the data's own fields. */
  readonly read?: Reader<DataOf<Kind>>;
  /** The readings that an aggregate reading is made of, kept next to it. */
  readonly partsOf?: (data: DataOf<Kind>, path: string) => readonly string[];
  /** The answer in a few words; unset where the certificate says more. */
  readonly headline?: (data: DataOf<Kind>) => string | undefined;
  /** Whether its lines are a text that may be piped: the terminal then says everything else to the person only. */
  readonly piped?: boolean;
  /** What the terminal prints. */
  readonly lines: (data: DataOf<Kind>) => readonly string[];
  /** Lines of results.csv, besides the certificate's. */
  readonly figures?: (data: DataOf<Kind>) => readonly Figure[];
  /** Fields of results.json, which is held in memory for all tasks at once. */
  readonly summary?: (data: DataOf<Kind>) => Readonly<Record<string, unknown>>;
  /** Files by format, e.g. `csv`, each made when it is asked for. `json` needs no entry. */
  readonly formats: Readonly<Record<string, (result: Result<DataOf<Kind>>) => Contents>>;
  /** The data as numbers by row and column, where they are: they share one picture, table and report section. */
  readonly grid?: (data: DataOf<Kind>) => Grid;
  /** What a cell's number is, in a sentence for the report. */
  readonly caption?: (data: DataOf<Kind>) => string;
  readonly cell?: (data: DataOf<Kind>, row: number, column: number) => CellReading;
}
