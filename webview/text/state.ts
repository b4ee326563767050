import type { Component, EditSpec } from "../../src/protocol/language-model.ts";

/** Intent only: what a reload needs to ask the same questions again. */
export interface TextState {
  readonly version: 1;
  readonly model: string;
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
  readonly generation: Generation;
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

export const PATCH_METHODS = { exact: "Exact", attribution: "Attribution patching (estimate)" } as const;
export type PatchMethod = keyof typeof PATCH_METHODS;

export interface Generation {
  /** 0 always takes the likeliest token. */
  readonly temperature: number;
  readonly topP: number;
  readonly most: number;
  readonly seed: number;
  /** Texts of single tokens that end it, one a line. */
  readonly stop: string;
}

const example = "When Mary and John went to the store, John gave a drink to";
const corrupted = "When Mary and John went to the store, Mary gave a drink to";

export const initialState = (model: string): TextState => ({
  version: 1,
  model,
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
  generation: { temperature: 0, topP: 1, most: 20, seed: 0, stop: "" },
});

/** A state that this version wrote, or one like it with what is missing or strange filled in. */
export function restoredState(saved: unknown): TextState | undefined {
  const state = saved as Partial<TextState> | undefined;
  if (state?.version !== 1 || typeof state.model !== "string") return undefined;
  const fresh = initialState(state.model);
  const known = <T extends object>(table: T, key: keyof T | undefined, otherwise: keyof T): keyof T =>
    key !== undefined && key in table ? key : otherwise;
  return {
    ...fresh,
    ...state,
    means: typeof state.means === "string" ? state.means : fresh.means,
    view: known(VIEWS, state.view, fresh.view),
    weighting: known(WEIGHTINGS, state.weighting, fresh.weighting),
    lensMeasure: known(LENS_MEASURES, state.lensMeasure, fresh.lensMeasure),
    metric: known(METRICS, state.metric, fresh.metric),
    component: known(COMPONENTS, state.component, fresh.component),
    experiment: known(EXPERIMENTS, state.experiment, fresh.experiment),
    method: known(PATCH_METHODS, state.method, fresh.method),
  };
}
