import type { Tensor } from "../tensor/tensor.ts";
import type { SubjectKind } from "./analysis-card.ts";
import type { AnswerData } from "./answer-data.ts";

/** One check that ran, in words and in numbers. State is never colour alone. */
export interface Check {
  readonly id: string;
  /** Two or three words, e.g. `completeness`. */
  readonly label: string;
  readonly status: CheckStatus;
  /** The figure, formatted to the digits that are real. */
  readonly value: string;
  /** What it means, in one sentence. */
  readonly sentence: string;
  /** The numbers behind it, by name, for scripts. */
  readonly numbers: Readonly<Record<string, number>>;
}

export type CheckStatus = "pass" | "warn" | "fail" | "info";

/** Everything that the numbers depend on: an equal provenance has an equal answer, and is the key of what is kept. */
export interface Provenance {
  readonly glassbox: string;
  readonly model: { readonly file: string; readonly sha256: string };
  readonly subject: { readonly kind: SubjectKind; readonly name: string; readonly sha256: string };
  /** How the subject becomes the model's input: the preprocessing as JSON, or token ids. */
  readonly preparation: string;
  readonly analysis: string;
  readonly target: string | undefined;
  /** Every option, as it was used. */
  readonly options: OptionValues;
  readonly runtime: { readonly name: string; readonly version: string };
}

export type OptionValue = string | number | boolean;
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** Class scores of one input. */
export interface Prediction {
  readonly kind: "class-scores";
  /** [class] before softmax. */
  readonly logits: Tensor;
  readonly top: readonly RankedClass[];
}

export interface RankedClass {
  readonly index: number;
  readonly name: string;
  readonly logit: number;
  readonly probability: number;
}

/** A number for every place of the input. */
export interface Heatmap {
  readonly kind: "heatmap";
  /**
   * Signed attributions: [channel, row, column] of the model's input, or [1, row, column] of the
   * layer's own grid for class activation maps.
   */
  readonly values: Tensor;
  /** Rows and columns of the model's input, which the values cover. */
  readonly extent: readonly [rows: number, columns: number];
  /** Whether a value is a pixel's or a coarser cell's. */
  readonly grain: "pixel" | "cell";
  /** The layer it was read at, for class activation maps. */
  readonly site?: string | undefined;
  /** Why nothing is to be seen, if nothing is. */
  readonly blank?: string | undefined;
}

/**
 * A heatmap reduced to what is drawn: two 16-bit planes of [row, column]. Exact values are read one place
 * at a time, with `answer/read`.
 */
export interface HeatmapPlanes extends Omit<Heatmap, "kind" | "values"> {
  readonly kind: "planes";
  readonly rows: number;
  readonly columns: number;
  /** Σ |a| over channels = value · magnitudeScale. */
  readonly magnitude: Uint16Array;
  readonly magnitudeScale: number;
  /** Σ a over channels = value · signedScale. */
  readonly signed: Int16Array;
  readonly signedScale: number;
}

/** How the same result is made elsewhere. */
export interface Code {
  readonly cli: string;
  /** An experiment file that asks the same, with whole paths; `experiment/rebase` makes them relative to where it is saved. Unset where the format cannot say it. */
  readonly experiment?: string | undefined;
  /** A Python program that gives the same numbers, where a library of the field has the analysis. */
  readonly python?: string | undefined;
}

export interface Result<Data = AnswerData> {
  readonly data: Data;
  readonly certificate: readonly Check[];
  readonly provenance: Provenance;
  readonly code: Code;
}

/** How far a job is. `total` is an upper bound where the method stops by itself. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** e.g. "41 of ≤ 256 evaluations, 6.1 % going to 1 %". */
  readonly note: string;
}
