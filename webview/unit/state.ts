import type { OptionValues } from "../../src/protocol/result.ts";
import { newPanelState, restored, type PanelState } from "../lib/panel-state.ts";

/** Intent only: what a reload needs to ask the same questions again. */
export interface UnitState extends PanelState {
  /** Chosen from the model's sites if unset. */
  readonly site: string | undefined;
  readonly channel: number;
  /** One unit, or a page of all channels of its site. */
  readonly view: "unit" | "layer";
  /** The recipe: those options that differ from their defaults. */
  readonly options: OptionValues;
  /** A folder of real pictures; the sample photographs if unset. */
  readonly photographs: string | undefined;
  /** The real picture that the ablation is of; the most exciting one if unset. */
  readonly picture: string | undefined;
}

export const initialState = (model: string): UnitState => ({
  ...newPanelState(model),
  site: undefined,
  channel: 0,
  view: "unit",
  options: {},
  photographs: undefined,
  picture: undefined,
});

export const restoredState = (saved: unknown): UnitState | undefined => restored(saved, initialState);

/** Channels on one page of a layer. */
export const pageSize = 12;
export const pageOf = (channel: number): number => Math.floor(channel / pageSize);
