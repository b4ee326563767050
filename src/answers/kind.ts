import type { AnswerData, DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import type { CellReading } from "../protocol/question.ts";
import type { Result } from "../protocol/result.ts";
import type { Reader } from "./reading/reader.ts";

/** A number or text of an answer, with its name in results.csv. */
export type Figure = readonly [name: string, value: string | number | boolean];

/** The contents of a file. */
export type Contents = Uint8Array | string;

/** The paths that claims can read, with descriptions for completion. */
export type Readings = readonly (readonly [path: string, words: string])[];

/**
 * How one kind of data is read, exported and described, for panels, terminal, reports, experiment files and the
 * language server. Only its view in a panel and its section of a report are elsewhere.
 */
export interface AnswerKind<Kind extends AnswerData["kind"]> {
  readonly readings: Readings;
  /** Reads paths beyond the data's own fields. */
  readonly read?: Reader<DataOf<Kind>>;
  /** The single readings that an aggregate reading combines; they are stored with it. */
  readonly partsOf?: (data: DataOf<Kind>, path: string) => readonly string[];
  /** The answer in a few words; unset if the certificate says more. */
  readonly headline?: (data: DataOf<Kind>) => string | undefined;
  /** What a person should know about it besides its lines and checks. */
  readonly remarks?: (data: DataOf<Kind>) => readonly string[];
  /** Whether its lines are text that may be piped. The terminal then writes everything else to standard error. */
  readonly piped?: boolean;
  /** The lines that the terminal prints. */
  readonly lines: (data: DataOf<Kind>) => readonly string[];
  /** Lines of results.csv, in addition to the certificate's. */
  readonly figures?: (data: DataOf<Kind>) => readonly Figure[];
  /** The fields in results.json, which is in memory for all tasks at once. */
  readonly summary?: (data: DataOf<Kind>) => Readonly<Record<string, unknown>>;
  /** Writers by format, e.g. `csv`. `json` needs no entry. */
  readonly formats: Readonly<Record<string, (result: Result<DataOf<Kind>>) => Contents>>;
  /** The data as a grid, for kinds that are grids: these share one picture, table and report section. */
  readonly grid?: (data: DataOf<Kind>) => Grid;
  /** A sentence for the report that explains a cell's number. */
  readonly caption?: (data: DataOf<Kind>) => string;
  readonly cell?: (data: DataOf<Kind>, row: number, column: number) => CellReading;
}
