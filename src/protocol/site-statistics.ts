import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

/** How one site answers to photographs. */
export interface SiteStatistics {
  readonly site: string;
  /** Over all values of all photographs. */
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly greatest: number;
  /** Share of the values above 0. */
  readonly aboveZero: number;
  /** The channels with the highest means, highest first; none where there are no channels. */
  readonly strongest: readonly { readonly channel: number; readonly mean: number }[];
}

export interface ModelStatistics {
  /** Names of the photographs. */
  readonly photographs: readonly string[];
  readonly sites: readonly SiteStatistics[];
}

/** Every site at once, since one pass has them all: about a second the first time, then remembered; nothing if it was stopped. */
export const siteStatistics = new RequestType<ModelParams, ModelStatistics | null, Failure>("sites/statistics");
