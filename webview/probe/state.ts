import { usualProbeOptions, type ProbeOptions, type ProbeSeries } from "../../src/protocol/probing.ts";

/** Intent only: what a reload needs to ask the same question again. The answer comes from the engine's cache. */
export interface ProbeState {
  readonly version: 1;
  readonly model: string;
  readonly data: string;
  /** The dataset's first if unset. */
  readonly label: string | undefined;
  /** Spread over the depth if unset. */
  readonly sites: readonly string[] | undefined;
  readonly options: ProbeOptions;
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
  version: 1,
  model,
  data: proceduralData(2000, 0),
  label: undefined,
  sites: undefined,
  options: usualProbeOptions,
  asked: false,
  selected: undefined,
});

/** A state that this version wrote, with what is missing filled in. */
export function restoredState(saved: unknown): ProbeState | undefined {
  const state = saved as Partial<ProbeState> | undefined;
  if (state?.version !== 1 || typeof state.model !== "string") return undefined;
  return { ...initialState(state.model), ...state, options: { ...usualProbeOptions, ...state.options } };
}
