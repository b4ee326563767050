import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { Component, EditSpec } from "../../src/protocol/language-model.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { newPanelState, restored, type PanelState } from "../lib/panel-state.ts";
import { analysisGiving } from "./analyses.ts";

/** Intent only: what a reload needs to ask the same questions again. */
export interface TextState extends PanelState {
  readonly prompt: string;
  /** As the tokenizer's policy says, if unset. */
  readonly bos: boolean | undefined;
  readonly view: View;
  /** The token that is looked at, in the views of one prompt; the last if unset. */
  readonly position: number | undefined;
  readonly head: { readonly layer: number; readonly head: number };
  readonly weighting: Weighting;
  readonly lensMeasure: LensMeasure;
  readonly corrupted: string;
  /** Prompts whose mean takes an activation's place, one a line; the prompt and its counterpart if empty. */
  readonly means: string;
  /** Texts of one token each; chosen from the model's own expectations if unset. */
  readonly answer: string | undefined;
  readonly wrong: string | undefined;
  readonly metric: MetricKind;
  readonly component: Component;
  readonly experiment: Experiment;
  readonly method: PatchMethod;
  /** Whether estimates are compared with exact values. */
  readonly compare: boolean;
  readonly edits: readonly EditSpec[];
  /** Options of generation that differ from their defaults. */
  readonly generation: OptionValues;
}

export const VIEWS = {
  next: "Next token",
  attention: "Attention",
  lens: "Logit lens",
  attribution: "Attribution",
  patching: "Patching",
} as const;
export type View = keyof typeof VIEWS;

export const WEIGHTINGS = { pattern: "Attention", value: "Attention × value norm" } as const;
export type Weighting = keyof typeof WEIGHTINGS;

export const LENS_MEASURES = {
  probability: "Probability of the top token",
  rank: "Rank of the final answer",
  entropy: "Entropy",
  divergence: "KL to the end",
} as const;
export type LensMeasure = keyof typeof LENS_MEASURES;

export const METRICS = {
  "logit-difference": "Logit difference",
  probability: "Probability",
  "log-probability": "Log probability",
  divergence: "KL divergence",
} as const;
export type MetricKind = keyof typeof METRICS;

export const COMPONENTS: Readonly<Record<Component, string>> = {
  resid_pre: "Residual stream",
  resid_mid: "Residual, after attention",
  attn_out: "Attention output",
  mlp_out: "MLP output",
  head: "Heads, all tokens",
};

export const EXPERIMENTS = {
  denoise: "Put clean back",
  noise: "Put corrupted in",
  zero: "Ablate to zero",
  mean: "Ablate to the mean",
} as const;
export type Experiment = keyof typeof EXPERIMENTS;

export const PATCH_METHODS = { exact: "Exact", estimate: "Attribution patching (estimate)" } as const;
export type PatchMethod = keyof typeof PATCH_METHODS;

const example = "When Mary and John went to the store, John gave a drink to";
const corrupted = "When Mary and John went to the store, Mary gave a drink to";

export const initialState = (model: string): TextState => ({
  ...newPanelState(model),
  prompt: example,
  bos: undefined,
  view: "next",
  position: undefined,
  head: { layer: 0, head: 0 },
  weighting: "pattern",
  lensMeasure: "probability",
  corrupted,
  means: "",
  answer: undefined,
  wrong: undefined,
  metric: "logit-difference",
  component: "resid_pre",
  experiment: "denoise",
  method: "exact",
  compare: false,
  edits: [],
  generation: {},
});

/** A state that was saved or asked for, with what is missing or strange filled in. */
export function restoredState(saved: unknown, analyses: readonly AnalysisCard[]): TextState | undefined {
  const state = restored(saved, initialState);
  if (state === undefined) return undefined;
  const fresh = initialState(state.model);
  const known = <T extends object>(table: T, key: keyof T, otherwise: keyof T): keyof T =>
    key in table ? key : otherwise;
  return {
    ...state,
    view: known(VIEWS, state.view, fresh.view),
    weighting: known(WEIGHTINGS, state.weighting, fresh.weighting),
    lensMeasure: known(LENS_MEASURES, state.lensMeasure, fresh.lensMeasure),
    metric: known(METRICS, state.metric, fresh.metric),
    component: known(COMPONENTS, state.component, fresh.component),
    experiment: known(EXPERIMENTS, state.experiment, fresh.experiment),
    method: known(PATCH_METHODS, state.method, fresh.method),
    generation: knownOptions(analysisGiving(analyses, "generated"), state.generation),
  };
}

/** An option that there no longer is falls out. */
const knownOptions = (analysis: AnalysisCard | undefined, values: OptionValues): OptionValues =>
  Object.fromEntries(
    Object.entries(values).filter(([name]) => analysis?.options.some((option) => option.name === name)),
  );
