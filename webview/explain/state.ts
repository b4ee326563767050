import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { mapsOf } from "../../src/protocol/analysis-choice.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import type { Look } from "../lib/HeatMap.tsx";
import { wholePicture, type MapView } from "../lib/map-view.ts";
import { newPanelState, restored, type PanelState } from "../lib/panel-state.ts";

/** Intent only: what a reload needs to ask the same questions again. The answers come from the engine's cache. */
export interface ExplainState extends PanelState, Look {
  readonly picture: string | undefined;
  readonly methods: readonly string[];
  /** The map shown first, and large where one is. */
  readonly leading: string;
  readonly arrangement: Arrangement;
  /** Text form; the best class if unset. */
  readonly target: string | undefined;
  readonly options: Readonly<Record<string, OptionValues>>;
  readonly view: MapView;
}

/** One large with the others beside it, all alike, or the leading one alone. */
export type Arrangement = "lead" | "even" | "alone";

/** The maps that are asked where nobody chose. */
export function initialState(model: string, analyses: readonly AnalysisCard[]): ExplainState {
  const maps = mapsOf(analyses);
  const usual = maps.filter(({ byDefault }) => byDefault);
  const methods = (usual.length ? usual : maps).map(({ id }) => id);
  return {
    ...newPanelState(model),
    picture: undefined,
    methods,
    leading: methods[0] ?? "",
    arrangement: "lead",
    target: undefined,
    options: {},
    style: "where",
    colormap: "warm",
    opacity: 0.9,
    coarse: "smooth",
    view: wholePicture,
  };
}

/** A state that was saved or asked for, with what is missing filled in; analyses that there no longer are fall out. */
export function restoredState(saved: unknown, analyses: readonly AnalysisCard[]): ExplainState | undefined {
  const state = restored(saved, (model) => initialState(model, analyses));
  if (state === undefined) return undefined;
  const known = new Set(mapsOf(analyses).map(({ id }) => id));
  const methods = Array.isArray(state.methods) ? state.methods.filter((id) => known.has(id)) : [];
  return { ...state, methods: methods.length ? methods : initialState(state.model, analyses).methods };
}

/** The leading map first, whatever was chosen. */
export const shownMethods = ({ methods, leading, arrangement }: ExplainState): readonly string[] => {
  const first = methods.includes(leading) ? leading : methods[0];
  if (first === undefined) return [];
  return arrangement === "alone" ? [first] : [first, ...methods.filter((id) => id !== first)];
};

/** The class of a target of a single logit. */
export const classOf = (target: string | undefined): number | undefined => {
  const match = /^logit:(\d+)$/.exec(target ?? "");
  return match ? Number(match[1]) : undefined;
};
