import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

export interface UnitPortraitParams extends ModelParams {
  readonly site: string;
  readonly channel: number;
}

/** What a hover over a unit shows: plain JSON, since it travels to the language server. */
export interface UnitPortrait {
  /** Base64 of a PNG. */
  readonly png: string;
  /** Of the unit on that picture. */
  readonly activation: number;
  /** Over the places of the photographs. */
  readonly mean: number;
  /** Share of the places where it is above 0. */
  readonly aboveZero: number;
}

/** Grown once and cached; seconds the first time, nothing if it was stopped. */
export const unitPortrait = new RequestType<UnitPortraitParams, UnitPortrait | null, Failure>("unit/portrait");
