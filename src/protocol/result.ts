import type { Tensor } from "../tensor/tensor.ts";
import type { SubjectKind } from "./analysis-card.ts";
import type { AnswerData } from "./answer-data.ts";
import type { Range } from "./contract.ts";

/** One check that ran, in words and in numbers. Its status is never shown by colour alone. */
export interface Check {
  readonly id: string;
  /** Two or three words, e.g. `completeness`. */
  readonly label: string;
  readonly status: CheckStatus;
  /** The figure, formatted to its significant digits. */
  readonly value: string;
  /** What it means, in one sentence. */
  readonly sentence: string;
  /** The numbers behind it, by name, for scripts. */
  readonly numbers: Readonly<Record<string, number>>;
}

export type CheckStatus = "pass" | "warn" | "fail" | "info";

/** Everything that the numbers depend on. Equal provenance means an equal answer, so it is the cache key. */
export interface Provenance {
  readonly glassbox: string;
  readonly model: {
    readonly file: string;
    /** Of the model's file; where its tensors lie in other files, of all of them. */
    readonly sha256: string;
  };
  readonly subject: { readonly kind: SubjectKind; readonly name: string; readonly sha256: string };
  /** How the subject becomes the model's input: the preprocessing as JSON, or the token ids. */
  readonly preparation: string;
  /** What the model's inputs, output and names were taken to be, as JSON; unset for language models. */
  readonly contract?: string | undefined;
  readonly analysis: string;
  readonly target: string | undefined;
  /** The value of every option, defaults included. */
  readonly options: OptionValues;
  readonly runtime: { readonly name: string; readonly version: string };
}

export type OptionValue = string | number | boolean;
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** What a model gives out for one input: what the numbers are is decided once, in its contract. */
export type Prediction =
  | ScoresPrediction
  | NumbersPrediction
  | SegmentationPrediction
  | PixelsPrediction
  | BoxesPrediction
  | SequencePrediction;

/** Scores of classes, best first. */
export interface ScoresPrediction {
  readonly kind: "model-output";
  /** `classes`: the probabilities add up to 1. `independent`: each is for itself. `binary`: one score for two classes. */
  readonly is: "classes" | "independent" | "binary";
  /** [class] before softmax or sigmoid; one number for `binary`. */
  readonly logits: Tensor;
  readonly top: readonly RankedClass[];
}

export interface RankedClass {
  readonly index: number;
  readonly name: string;
  readonly logit: number;
  readonly probability: number;
}

/** Numbers that are no scores: all of them, or those of an embedding with the largest magnitude. */
export interface NumbersPrediction {
  readonly kind: "model-output";
  readonly is: "number" | "embedding";
  /** [number]. */
  readonly values: Tensor;
  readonly range: Range;
  /** √Σ v². */
  readonly length: number;
  readonly top: readonly NamedNumber[];
}

export interface NamedNumber {
  readonly index: number;
  readonly name: string;
  readonly value: number;
}

/** The class of each pixel, and the classes that have pixels, largest first. */
export interface SegmentationPrediction {
  readonly kind: "model-output";
  readonly is: "segmentation";
  readonly exclusive: boolean;
  readonly rows: number;
  readonly columns: number;
  /** [row, column]: the class with the greatest score, or one more than the last class where no probability is above 0.5. */
  readonly labels: Uint16Array;
  readonly top: readonly FoundRegion[];
}

export interface FoundRegion {
  readonly index: number;
  readonly name: string;
  readonly pixels: number;
  /** Of all pixels. */
  readonly share: number;
  /** The mean over these pixels. */
  readonly probability: number;
  /** The mean row and column. */
  readonly centre: readonly [row: number, column: number];
}

/** A number or a colour for each pixel. */
export interface PixelsPrediction {
  readonly kind: "model-output";
  readonly is: "pixels";
  readonly rows: number;
  readonly columns: number;
  readonly top: readonly {
    readonly index: number;
    readonly name: string;
    readonly low: number;
    readonly mean: number;
    readonly high: number;
  }[];
}

/** Boxes that do not overlap another one of their class with a better score. */
export interface BoxesPrediction {
  readonly kind: "model-output";
  readonly is: "boxes";
  /** The number of candidates. */
  readonly boxes: number;
  readonly top: readonly FoundBox[];
}

export interface FoundBox {
  /** Which of the candidates it is. */
  readonly box: number;
  readonly index: number;
  readonly name: string;
  /** 0 to 1. */
  readonly score: number;
  /** The left and upper edge and the size, as shares of the input's sides. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The feature, e.g. a token or a tag, with the highest score at each position. */
export interface SequencePrediction {
  readonly kind: "model-output";
  readonly is: "sequence";
  readonly positions: number;
  readonly features: number;
  readonly top: readonly {
    readonly position: number;
    readonly index: number;
    readonly name: string;
    readonly value: number;
    /** Where a softmax makes the features a distribution. */
    readonly probability: number | undefined;
  }[];
}

/** A number for every position of the input. */
export interface Heatmap {
  readonly kind: "heatmap";
  /**
   * Signed attributions: [channel, row, column] of the model's input, or [1, row, column] of the
   * layer's own grid for class activation maps.
   */
  readonly values: Tensor;
  /** The rows and columns of the model's input that the values cover. */
  readonly extent: readonly [rows: number, columns: number];
  /** Whether each value belongs to a pixel or to a coarser cell. */
  readonly grain: "pixel" | "cell";
  /** For class activation maps: the layer that was read. */
  readonly site?: string | undefined;
  /** If the map is blank: why. */
  readonly blank?: string | undefined;
}

/**
 * A heatmap reduced for display to two 16-bit planes of [row, column]. `answer/read` returns the exact values of one
 * cell.
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

/** Code that reproduces the result. */
export interface Code {
  readonly cli: string;
  /**
   * An experiment file with absolute paths; `experiment/rebase` makes them relative to where it is saved. Unset if the
   * format cannot express the question.
   */
  readonly experiment?: string | undefined;
  /** A Python program that gives the same numbers, if a Python library has the analysis. */
  readonly python?: string | undefined;
}

export interface Result<Data = AnswerData> {
  readonly data: Data;
  readonly certificate: readonly Check[];
  readonly provenance: Provenance;
  readonly code: Code;
}

/** The progress of a job. `total` is an upper bound if the method may stop early. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** e.g. "41 of ≤ 256 evaluations, 6.1 % going to 1 %". */
  readonly note: string;
}
