import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

export interface UnitThumbnailParams extends ModelParams {
  readonly site: string;
  readonly channel: number;
}

/** What a hover over a unit shows: plain JSON, since it travels to the language server. */
export interface UnitThumbnail {
  /** Base64 of a PNG. */
  readonly png: string;
  /** Of the unit on that picture. */
  readonly activation: number;
  /** Over the positions of the photographs. */
  readonly mean: number;
  /** Share of the positions where it is above 0. */
  readonly aboveZero: number;
}

/** Takes seconds the first time and is then kept; nothing if it was stopped. */
export const unitThumbnail = new RequestType<UnitThumbnailParams, UnitThumbnail | null, Failure>("unit/thumbnail");
