/** Labelled data, and the results of linear probes: what is linearly decodable from a layer's activations. */
import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

/** A dataset, written as `procedural[:<count>[:<seed>]]`, or the path of a folder, a .csv, .tsv or .npz file. */
export interface DataParams extends ModelParams {
  readonly data: string;
}

export interface DataCard {
  readonly reference: string;
  readonly title: string;
  readonly description: string;
  readonly sha256: string;
  readonly count: number;
  readonly pictures: boolean;
  readonly labels: readonly {
    readonly name: string;
    readonly classes: readonly string[];
    /** The number of rows of each class. */ readonly counts: readonly number[];
  }[];
  /** The sites that are probed by default. */
  readonly defaultSites: readonly string[];
}

/**
 * `trained`: the model. `random`: the same network with random weights. `shuffled`: the model, labels in random order.
 * `raw`: the input itself.
 */
export type ProbeSeries = "trained" | "random" | "shuffled" | "raw";

/** The scores of one probe on one side of the split. */
export interface ProbeScore {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** Mean −log₂ p of the true class, in bits. */
  readonly bits: number;
  readonly rows: number;
}

export type Interval = readonly [low: number, high: number];

/** One probe: one series at one site. */
export interface ProbePoint {
  readonly series: ProbeSeries;
  readonly site: string;
  /** 0 for the first site in the order of computation; −1 for the input. */
  readonly depth: number;
  readonly features: number;
  readonly test: ProbeScore;
  readonly train: ProbeScore;
  /** 95 % intervals on the test rows: Wilson's for the accuracy, recalls combined for the balanced accuracy. */
  readonly accuracyInterval: Interval;
  readonly balancedInterval: Interval;
  /** Inverse strength of regularisation, chosen by cross-validation on training rows. */
  readonly C: number;
  /** Whether the weakest regularisation tried had the lowest loss. */
  readonly atEdge: boolean;
  /** Cross-validated log-loss in bits at the chosen C: it compares layers without using test rows. */
  readonly validationBits: number;
  /** Upper bound of ‖w − w*‖, the distance of the coefficients from the optimum. */
  readonly distance: number;
  /** confusion[true · classes + predicted], on test rows. */
  readonly confusion: readonly number[];
  /** The test rows with the lowest and the highest loss. */
  readonly best: readonly ProbeExample[];
  readonly worst: readonly ProbeExample[];
}

export interface ProbeExample {
  readonly row: number;
  readonly name: string;
  readonly truth: number;
  readonly predicted: number;
  /** The probe's probability of the true class. */
  readonly probability: number;
}

/** A probe chart. */
export interface Probes {
  readonly kind: "probes";
  readonly label: string;
  readonly classes: readonly string[];
  readonly trainRows: number;
  readonly testRows: number;
  /** In the order of computation. */
  readonly sites: readonly string[];
  readonly points: readonly ProbePoint[];
  /** The baseline that always predicts the training rows' most frequent class, scored on test rows. */
  readonly majority: ProbeScore & { readonly class: number };
  /** Which score is shown first: balanced accuracy if the classes are unequal in size. */
  readonly metric: "accuracy" | "balancedAccuracy";
  /** Sentences, generated from the data, that summarize the chart. */
  readonly summary: readonly string[];
}

export interface PictureParams extends DataParams {
  readonly row: number;
  /** The requested length of the longer side. */
  readonly side: number;
}

export interface DataPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export const describeData = new RequestType<DataParams, DataCard, Failure>("data/describe");
/** A sample as a small picture; `null` if the sample is not a picture. */
export const readPicture = new RequestType<PictureParams, DataPicture | null, Failure>("data/picture");
