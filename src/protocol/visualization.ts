/** What surfaces ask the engine about maximized activation: pictures grown for an objective, and the facts of one unit. */
import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";
import type { Preprocessing } from "./model.ts";
import type { Check, Code, Progress, RankedClass } from "./result.ts";

export interface VisualizeOptions {
  readonly preset: "glassbox" | "lucid" | "pixel";
  /** Rows and columns of the picture. */
  readonly size: number;
  readonly steps: number;
  /** Pictures of each objective, from different noise. */
  readonly images: number;
  readonly seed: number;
  /** Of Adam; 0 takes the preset's. */
  readonly learningRate: number;
  /** Weight of the mean difference of neighbouring pixels. */
  readonly totalVariation: number;
  /** Weight of the mean squared distance from middle grey. */
  readonly l2: number;
  /** What takes colours into their range: a sigmoid, or a curve that levels off more slowly, so that a saturated pixel can come back. */
  readonly range: "sigmoid" | "soft";
  /** Computed in WebAssembly, which rounds alike on every processor, so that equal seeds give equal pictures on every machine. */
  readonly portable: boolean;
}

/** Unless others are asked for. 512 are lucid's own. */
export const usualSteps: Readonly<Record<VisualizeOptions["preset"], number>> = {
  glassbox: 256,
  lucid: 512,
  pixel: 256,
};

export const usualVisualizeOptions: VisualizeOptions = {
  preset: "glassbox",
  size: 128,
  steps: usualSteps.glassbox,
  images: 1,
  seed: 0,
  learningRate: 0,
  totalVariation: 0,
  l2: 0,
  range: "sigmoid",
  portable: false,
};

export interface VisualizeParams extends ModelParams {
  /** Chosen by the caller; events carry it. */
  readonly job: string;
  /** Text form each, e.g. `channel("blocks.5", 20) - 0.2*diversity`. */
  readonly objectives: readonly string[];
  readonly options: VisualizeOptions;
  /** A folder of real pictures to compare with; the sample photographs if left out. */
  readonly photographs?: string | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  /** Begins at step 0 though a growth that was stopped could go on. */
  readonly anew?: boolean;
}

/** 8-bit RGB. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export interface GrownImage {
  readonly picture: RgbPicture;
  /** The objective on this very picture, without transforms. */
  readonly activation: number;
  /** The same under each of the transforms of the certificate. */
  readonly underTransforms: readonly number[];
  /** The objective while it grew, at up to 64 steps: [step, objective]. */
  readonly history: readonly (readonly [step: number, score: number])[];
}

export interface Visualization {
  readonly objective: string;
  readonly images: readonly GrownImage[];
  /** The objective on each real picture at hand. */
  readonly photographs: readonly { readonly name: string; readonly activation: number }[];
  /** How many there were: at most 200 are looked at, and what cannot be read is left out. */
  readonly photographsFound: number;
}

/** Everything that the pixels depend on. */
export interface VisualizationProvenance {
  readonly glassbox: string;
  readonly model: { readonly file: string; readonly sha256: string };
  readonly objective: string;
  readonly options: VisualizeOptions;
  readonly preprocessing: string;
  readonly photographs: string;
  readonly runtime: { readonly name: string; readonly version: string };
}

export interface VisualizationResult {
  readonly data: Visualization;
  readonly certificate: readonly Check[];
  readonly provenance: VisualizationProvenance;
  readonly code: Code;
}

/** One picture as it is at a step. */
export interface VisualizeEvent {
  readonly job: string;
  readonly progress: Progress;
  readonly frame:
    | {
        readonly objective: number;
        readonly image: number;
        readonly step: number;
        readonly score: number;
        readonly picture: RgbPicture;
      }
    | undefined;
}

export interface VisualizeOutcome {
  /** In the order of the objectives; those that were not begun are missing. */
  readonly results: readonly VisualizationResult[];
  /** Whether it was stopped; asked again, it goes on where it was. */
  readonly cancelled: boolean;
  readonly cached: boolean;
}

export interface UnitParams extends ModelParams {
  readonly site: string;
  readonly channel: number;
  readonly photographs?: string | undefined;
  readonly preprocessing?: Preprocessing | undefined;
}

export interface UnitFacts {
  /** Mean over positions and largest value, for each real picture, most exciting first. */
  readonly photographs: readonly {
    readonly path: string;
    readonly name: string;
    readonly mean: number;
    readonly largest: number;
  }[];
  /** How many there were, looked at or not. */
  readonly photographsFound: number;
  /** Of all positions of all pictures: how many values fall in each of equal bins from `low` to `high`. */
  readonly histogram: {
    readonly low: number;
    readonly high: number;
    readonly counts: readonly number[];
    readonly mean: number;
    readonly aboveZero: number;
  };
  /** How much each logit would rise if the channel rose by one everywhere, by the slope, on average over the pictures; unset where the model is no classifier. */
  readonly classes: { readonly raised: readonly ClassSlope[]; readonly lowered: readonly ClassSlope[] } | undefined;
}

export interface ClassSlope {
  readonly index: number;
  readonly name: string;
  readonly slope: number;
}

export interface UnitExampleParams extends UnitParams {
  readonly picture: string;
}

/** One real picture and this unit. */
export interface UnitExample {
  /** What the model sees, at most 160 pixels wide. */
  readonly view: RgbPicture;
  /** The channel's activation, [row, column]. */
  readonly activation: { readonly rows: number; readonly columns: number; readonly values: Float32Array };
  /** The part around the strongest position, at most 96 pixels wide. */
  readonly crop: RgbPicture;
  /** What the model says as it is, and with the channel set to 0 everywhere. */
  readonly ablation: { readonly before: readonly RankedClass[]; readonly after: readonly RankedClass[] } | undefined;
}

export const visualize = new RequestType<VisualizeParams, VisualizeOutcome, Failure>("visualize/run");
export const visualizeEvent = new NotificationType<VisualizeEvent>("visualize/event");
export const unitFacts = new RequestType<UnitParams, UnitFacts, Failure>("unit/facts");
export const unitExample = new RequestType<UnitExampleParams, UnitExample, Failure>("unit/example");
