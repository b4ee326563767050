/** Labelled data as surfaces show them, and what probes find: what a layer's activations make linearly decodable. */
import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

/** A dataset by its text: `procedural[:<count>[:<seed>]]`, or the path of a folder, a .csv, .tsv or .npz file. */
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
    /** Rows of each class. */ readonly counts: readonly number[];
  }[];
  /** Sites that are probed if none are named. */
  readonly defaultSites: readonly string[];
}

/** `trained`: the model. `random`: the same network with random weights. `shuffled`: the model, labels in random order. `raw`: the input itself. */
export type ProbeSeries = "trained" | "random" | "shuffled" | "raw";

/** How well one probe does on one side of the split. */
export interface ProbeScore {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** Mean −log₂ p of the true class, in bits. */
  readonly bits: number;
  readonly rows: number;
}

export type Interval = readonly [low: number, high: number];

/** One probe: a series at a site. */
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
  /** Whether the weakest regularisation that was tried had the least loss. */
  readonly atEdge: boolean;
  /** Cross-validated log-loss in bits at the chosen C: layers may be compared by it without looking at test rows. */
  readonly validationBits: number;
  /** Upper bound of ‖w − w*‖: how far the coefficients can be from the optimum. */
  readonly distance: number;
  /** confusion[true · classes + predicted], on test rows. */
  readonly confusion: readonly number[];
  /** Test rows of the lowest and of the highest loss. */
  readonly best: readonly ProbeExample[];
  readonly worst: readonly ProbeExample[];
}

export interface ProbeExample {
  readonly row: number;
  readonly name: string;
  readonly truth: number;
  readonly predicted: number;
  /** Probability that the probe gives the true class. */
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
  /** Always answering the most frequent class of the training rows, scored on test rows. */
  readonly majority: ProbeScore & { readonly class: number };
  /** Which score is shown first: balanced where the classes are unequal. */
  readonly metric: "accuracy" | "balancedAccuracy";
  /** What the chart says, in sentences made from its data. */
  readonly summary: readonly string[];
}

export interface PictureParams extends DataParams {
  readonly row: number;
  /** Longest side wanted. */
  readonly side: number;
}

export interface DataPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export const describeData = new RequestType<DataParams, DataCard, Failure>("data/describe");
/** A sample as a small picture; `null` if it is none. */
export const readPicture = new RequestType<PictureParams, DataPicture | null, Failure>("data/picture");
