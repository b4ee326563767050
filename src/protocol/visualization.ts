/** What surfaces ask the engine about maximized activation: pictures grown for an objective, and the facts of one unit. */
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
  /** The objective on this very picture, without transforms. */
  readonly activation: number;
  /** The same under each of the transforms of the certificate. */
  readonly underTransforms: readonly number[];
  /** The objective during the optimization, at up to 64 steps: [step, objective]. */
  readonly history: readonly (readonly [step: number, score: number])[];
}

/** What drives one objective most. */
export interface MaximizedUnit {
  readonly objective: string;
  readonly images: readonly OptimizedImage[];
  /** The objective on each real picture. */
  readonly photographs: readonly { readonly name: string; readonly activation: number }[];
  readonly certificate: readonly Check[];
}

export interface MaximizedUnits {
  readonly kind: "maximized-units";
  /** In the order of the objectives; those that were not begun are missing. */
  readonly units: readonly MaximizedUnit[];
  /** How many real pictures there were: at most 200 are looked at, and what cannot be read is left out. */
  readonly photographsFound: number;
}

/** One picture as it is at a step. */
export interface PictureFrame {
  /** Index of the objective, and of the image among those of the objective. */
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

export const unitFacts = new RequestType<UnitParams, UnitFacts, Failure>("unit/facts");
export const unitExample = new RequestType<UnitExampleParams, UnitExample, Failure>("unit/example");
