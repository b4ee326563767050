import { usualSteps, type VisualizeOptions } from "../../src/protocol/visualization.ts";

/** Intent only: what a reload needs to ask the same questions again. The answers come from the engine's cache. */
export interface UnitState {
  readonly version: 1;
  readonly model: string;
  readonly site: string | undefined;
  readonly channel: number;
  /** One unit, or a page of all channels of its site. */
  readonly view: "unit" | "layer";
  readonly preset: VisualizeOptions["preset"];
  readonly steps: number;
  readonly range: VisualizeOptions["range"];
  readonly portable: boolean;
  readonly seed: number;
  /** A folder of real pictures; the sample photographs if unset. */
  readonly photographs: string | undefined;
  /** The real picture that the ablation is of; the most exciting one if unset. */
  readonly picture: string | undefined;
}

export const initialState = (model: string): UnitState => ({
  version: 1,
  model,
  site: undefined,
  channel: 0,
  view: "unit",
  preset: "glassbox",
  steps: usualSteps.glassbox,
  range: "sigmoid",
  portable: false,
  seed: 0,
  photographs: undefined,
  picture: undefined,
});

export function restoredState(saved: unknown): UnitState | undefined {
  const state = saved as Partial<UnitState> | undefined;
  return state?.version === 1 && typeof state.model === "string"
    ? { ...initialState(state.model), ...state }
    : undefined;
}

/** Channels on one page of a layer. */
export const pageSize = 12;
export const pageOf = (channel: number): number => Math.floor(channel / pageSize);
