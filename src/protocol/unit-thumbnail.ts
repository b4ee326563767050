import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

export interface UnitThumbnailParams extends ModelParams {
  readonly site: string;
  readonly channel: number;
}

/** What a hover over a unit shows. It is plain JSON, because it is sent to the language server. */
export interface UnitThumbnail {
  /** Base64 of a PNG. */
  readonly png: string;
  /** The unit's activation on that picture. */
  readonly activation: number;
  /** The mean over all positions of the photographs. */
  readonly mean: number;
  /** The share of positions where it is above 0. */
  readonly aboveZero: number;
}

/** Takes seconds the first time and is then cached; `null` if it was stopped. */
export const unitThumbnail = new RequestType<UnitThumbnailParams, UnitThumbnail | null, Failure>("unit/thumbnail");
