import type { OptionValues } from "../../src/protocol/result.ts";
import { wholePicture, type MapView } from "../lib/map-view.ts";

/** Intent only: what a reload needs to ask the same questions again. The answers come from the engine's cache. */
export interface ExplainState {
  readonly version: 1;
  /** Tells panels of one model apart. */
  readonly panel: string;
  readonly model: string;
  readonly picture: string | undefined;
  readonly methods: readonly string[];
  /** The map shown first, and large where one is. */
  readonly leading: string;
  readonly arrangement: Arrangement;
  /** Text form; the best class if unset. */
  readonly target: string | undefined;
  readonly options: Readonly<Record<string, OptionValues>>;
  readonly style: DisplayStyle;
  readonly colormap: Exclude<ColormapName, "signed">;
  readonly opacity: number;
  readonly coarse: "smooth" | "cells";
  readonly view: MapView;
}

/** One large with the others beside it, all alike, or the leading one alone. */
export type Arrangement = "lead" | "even" | "alone";

export const initialState = (model: string): ExplainState => ({
  version: 1,
  panel: crypto.randomUUID(),
  model,
  picture: undefined,
  methods: ["smoothgrad", "integrated-gradients", "grad-cam"],
  leading: "smoothgrad",
  arrangement: "lead",
  target: undefined,
  options: {},
  style: "where",
  colormap: "warm",
  opacity: 0.9,
  coarse: "smooth",
  view: wholePicture,
});

/** A state that this version wrote, or one like it with what is missing filled in. */
export function restoredState(saved: unknown): ExplainState | undefined {
  const state = saved as Partial<ExplainState> | undefined;
  if (state?.version !== 1 || typeof state.model !== "string") return undefined;
  const { methods } = state;
  return {
    ...initialState(state.model),
    ...state,
    ...(Array.isArray(methods) && methods.length > 0 ? {} : { methods: initialState("").methods }),
  };
}

/** The newer of two: what the host kept of this very panel is never older than what VS Code saved. */
export const newerState = (own: ExplainState | undefined, kept: ExplainState | undefined): ExplainState | undefined =>
  kept && (own === undefined || kept.panel === own.panel) ? kept : own;

/** The leading map first, whatever was chosen. */
export const shownMethods = ({ methods, leading, arrangement }: ExplainState): readonly string[] => {
  const first = methods.includes(leading) ? leading : methods[0]!;
  return arrangement === "alone" ? [first] : [first, ...methods.filter((id) => id !== first)];
};

/** The class of a target of a single logit. */
export const classOf = (target: string | undefined): number | undefined => {
  const match = /^logit:(\d+)$/.exec(target ?? "");
  return match ? Number(match[1]) : undefined;
};
