/** What surfaces ask the engine about probes: what a layer's activations make linearly decodable. */
import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";
import type { Preprocessing } from "./model.ts";
import type { Check, Code, Progress } from "./result.ts";

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
  readonly usualSites: readonly string[];
}

export interface ProbeOptions {
  /** How an activation becomes one vector a sample. */
  readonly pooling: "mean" | "max" | "position";
  /** Share of the rows that is only tested on, unless the dataset says itself. */
  readonly testShare: number;
  readonly folds: number;
  readonly seed: number;
  /** The randomly initialised twin, at every site. */
  readonly random: boolean;
  /** Labels in random order, at every site. */
  readonly shuffled: boolean;
  /** The input itself, at 16 × 16 pixels. */
  readonly raw: boolean;
}

export const usualProbeOptions: ProbeOptions = {
  pooling: "mean",
  testShare: 0.25,
  folds: 5,
  seed: 0,
  random: true,
  shuffled: true,
  raw: true,
};

export interface ProbeParams extends DataParams {
  /** Chosen by the caller; events carry it. */
  readonly job: string;
  /** The first of the dataset's if left out. */
  readonly label?: string | undefined;
  /** Spread evenly over the depth if left out. */
  readonly sites?: readonly string[] | undefined;
  readonly options: ProbeOptions;
  readonly preprocessing?: Preprocessing | undefined;
}

/** `trained`: the model. `random`: its randomly initialised twin. `shuffled`: the model, labels in random order. `raw`: the input itself. */
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

/** The chart's data. */
export interface ProbeChart {
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

/** Everything that the numbers depend on. */
export interface ProbeProvenance {
  readonly glassbox: string;
  readonly model: { readonly file: string; readonly sha256: string };
  readonly data: { readonly name: string; readonly sha256: string };
  readonly label: string;
  readonly sites: readonly string[];
  readonly options: ProbeOptions;
  readonly preprocessing: string;
  readonly runtime: { readonly name: string; readonly version: string };
}

export interface ProbeResult {
  readonly data: ProbeChart;
  readonly certificate: readonly Check[];
  readonly provenance: ProbeProvenance;
  readonly code: Code;
}

export interface ProbeEvent {
  readonly job: string;
  readonly progress: Progress;
  /** Sent with each new layer: what is known so far. */
  readonly partial: ProbeResult | undefined;
}

export interface ProbeOutcome {
  readonly result: ProbeResult;
  readonly cancelled: boolean;
  readonly cached: boolean;
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
export const runProbes = new RequestType<ProbeParams, ProbeOutcome, Failure>("probe/run");
export const probeEvent = new NotificationType<ProbeEvent>("probe/event");
/** The result of a job that was run, as the bytes of a file. */
export const exportProbes = new RequestType<ProbeExportParams, Uint8Array, Failure>("probe/export");

export interface ProbeExportParams {
  readonly job: string;
  readonly format: "csv" | "json" | "svg";
}
