/** Activation maximization: pictures optimized for an objective, and facts about one unit. */
import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";
import type { Preprocessing } from "./model.ts";
import type { Check, RankedClass } from "./result.ts";

/** 8-bit RGB. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** One picture that was optimized for an objective. */
export interface OptimizedImage {
  readonly picture: RgbPicture;
  /** The objective on this picture, without transforms. */
  readonly activation: number;
  /** The objective under each of the certificate's transforms. */
  readonly underTransforms: readonly number[];
  /** The objective during the optimization, at up to 64 steps: [step, objective]. */
  readonly history: readonly (readonly [step: number, score: number])[];
}

/** The pictures that maximize one objective. */
export interface MaximizedUnit {
  readonly objective: string;
  readonly images: readonly OptimizedImage[];
  /** The objective on each real picture. */
  readonly photographs: readonly { readonly name: string; readonly activation: number }[];
  readonly certificate: readonly Check[];
}

export interface MaximizedUnits {
  readonly kind: "maximized-units";
  /** In the order of the objectives. Objectives that were not started are missing. */
  readonly units: readonly MaximizedUnit[];
  /** The number of real pictures found. At most 200 are evaluated, and unreadable files are skipped. */
  readonly photographsFound: number;
}

/** One picture at one optimization step. */
export interface PictureFrame {
  /** The index of the objective, and of the image within the objective. */
  readonly objective: number;
  readonly image: number;
  readonly step: number;
  readonly score: number;
  readonly picture: RgbPicture;
}

export interface UnitParams extends ModelParams {
  readonly site: string;
  readonly channel: number;
  readonly photographs?: string | undefined;
  readonly preprocessing?: Preprocessing | undefined;
}

export interface UnitFacts {
  /** The mean over positions and the largest value for each real picture, strongest first. */
  readonly photographs: readonly {
    readonly path: string;
    readonly name: string;
    readonly mean: number;
    readonly largest: number;
  }[];
  /** The number of pictures found, evaluated or not. */
  readonly photographsFound: number;
  /** Over all positions of all pictures: the number of values in each of equal bins from `low` to `high`. */
  readonly histogram: {
    readonly low: number;
    readonly high: number;
    readonly counts: readonly number[];
    readonly mean: number;
    readonly aboveZero: number;
  };
  /**
   * The slope of each logit when the channel rises by one at every position, averaged over the pictures; unset if the
   * model is not a classifier.
   */
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

/** This unit's response to one real picture. */
export interface UnitExample {
  /** The picture as the model sees it, at most 160 pixels wide. */
  readonly view: RgbPicture;
  /** The channel's activation, [row, column]. */
  readonly activation: { readonly rows: number; readonly columns: number; readonly values: Float32Array };
  /** The crop around the strongest position, at most 96 pixels wide. */
  readonly crop: RgbPicture;
  /** The model's prediction, unchanged and with the channel set to 0 at every position. */
  readonly ablation: { readonly before: readonly RankedClass[]; readonly after: readonly RankedClass[] } | undefined;
}

export const unitFacts = new RequestType<UnitParams, UnitFacts, Failure>("unit/facts");
export const unitExample = new RequestType<UnitExampleParams, UnitExample, Failure>("unit/example");
