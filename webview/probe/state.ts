import type { ProbeSeries } from "../../src/protocol/probing.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { newPanelState, restored, type PanelState } from "../lib/panel-state.ts";

/** Intent only: what a reload needs to ask the same question again. The answer comes from the engine's cache. */
export interface ProbeState extends PanelState {
  readonly data: string;
  /** The dataset's first if unset. */
  readonly label: string | undefined;
  /** Spread over the depth if unset. */
  readonly sites: readonly string[] | undefined;
  /** Those that differ from their defaults; the sites are apart. */
  readonly options: OptionValues;
  /** Whether it was asked for: then a reload asks again. */
  readonly asked: boolean;
  readonly selected: Selected | undefined;
}

/** A point of the chart. */
export interface Selected {
  readonly series: ProbeSeries;
  readonly site: string;
}

export const proceduralData = (count: number, seed: number): string => `procedural:${count}:${seed}`;

export const initialState = (model: string): ProbeState => ({
  ...newPanelState(model),
  data: proceduralData(2000, 0),
  label: undefined,
  sites: undefined,
  options: {},
  asked: false,
  selected: undefined,
});

export const restoredState = (saved: unknown): ProbeState | undefined => restored(saved, initialState);
