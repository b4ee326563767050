import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

/** Statistics of one site's activations on photographs. */
export interface SiteStatistics {
  readonly site: string;
  /** Over all values of all photographs. */
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly greatest: number;
  /** The share of values above 0. */
  readonly aboveZero: number;
  /** The channels with the highest means, highest first; empty if the site has no channels. */
  readonly strongest: readonly { readonly channel: number; readonly mean: number }[];
}

export interface ModelStatistics {
  /** The names of the photographs. */
  readonly photographs: readonly string[];
  readonly sites: readonly SiteStatistics[];
}

/**
 * Statistics of every site at once, because one forward pass yields them all. Takes about a second the first time and
 * is then cached; `null` if it was stopped.
 */
export const siteStatistics = new RequestType<ModelParams, ModelStatistics | null, Failure>("sites/statistics");
