/** What a language model is, how prompts and interventions are stated, and what its analyses find. */
import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

/** What scores a run: read from the logits at one token, the last unless stated. */
export type Metric =
  /** logit[answer] − logit[wrong] */
  | { readonly kind: "logit-difference"; readonly answer: number; readonly wrong: number }
  | { readonly kind: "probability" | "log-probability"; readonly answer: number }
  /** KL(clean‖run), in nats. */
  | { readonly kind: "divergence" };

/** What a sweep replaces: at each layer and token, or each layer and head. */
export type Component = "resid_pre" | "resid_mid" | "attn_out" | "mlp_out" | "head";

/** What is expected after every token. Arrays are by token, or token × top. */
export interface NextTokens {
  readonly kind: "token-distributions";
  readonly tokens: Int32Array;
  readonly top: number;
  readonly ids: Int32Array;
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
  /** ln Σ exp(logits). */
  readonly normalizers: Float64Array;
  /** In nats. */
  readonly entropies: Float32Array;
  /** Of the word that came next in the prompt; 0 after the last. */
  readonly actualRanks: Int32Array;
  readonly actualProbabilities: Float32Array;
}

/** Direct effects on the logits of a few words at one token: `values` is [component, word]. Σ values + bias = logits. */
export interface DirectAttribution {
  readonly kind: "direct-attribution";
  readonly token: number;
  readonly words: Int32Array;
  readonly layers: number;
  readonly heads: number;
  /** `hook_embed`, `blocks.3.attn.head.5`, `blocks.3.attn.bias`, `blocks.3.hook_mlp_out`. */
  readonly components: readonly string[];
  readonly values: Float64Array;
  readonly bias: Float64Array;
  readonly logits: Float64Array;
}

export interface LanguageCard {
  readonly kind: "language-model";
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly format: "gguf" | "safetensors";
  readonly family: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly hidden: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly parameters: number;
  /** How they are kept; a note says why. */
  readonly weights: "float32" | "float16";
  /** `undefined` if there is none beside the weights: prompts are then ids. */
  readonly tokenizer: TokenizerCard | undefined;
  /** In TransformerLens's words. Shapes are for one token. */
  readonly sites: readonly {
    readonly name: string;
    readonly axes: readonly string[];
    readonly shape: readonly number[];
    readonly role: string;
  }[];
  readonly notes: readonly string[];
}

/** What the header alone says. */
export type LanguageOutline = Pick<
  LanguageCard,
  | "path"
  | "name"
  | "format"
  | "family"
  | "layers"
  | "width"
  | "heads"
  | "keyValueHeads"
  | "headWidth"
  | "hidden"
  | "vocabulary"
  | "context"
  | "parameters"
  | "sites"
>;

export interface TokenizerCard {
  readonly vocabulary: number;
  readonly bos: { readonly id: number; readonly text: string } | undefined;
  readonly bosByDefault: boolean;
  /** Who says whether a text begins with it. */
  readonly bosReason: string;
  readonly eos: { readonly id: number; readonly text: string } | undefined;
  readonly notes: readonly string[];
}

/** A text, or ids. `addBos` overrides the tokenizer's policy. */
export type Prompt =
  { readonly text: string; readonly addBos?: boolean | undefined } | { readonly ids: readonly number[] };

export interface PromptParams extends ModelParams {
  readonly prompt: Prompt;
}

export interface TokenCard {
  readonly id: number;
  /** Parts of characters are spelled `<0xE2>`. */
  readonly text: string;
  /** With spaces and line ends made visible. */
  readonly display: string;
  readonly bytes: Uint8Array;
  /** UTF-16 units of the text that it covers; empty for a token that is not from the text. */
  readonly start: number;
  readonly end: number;
  readonly special: boolean;
}

export interface Tokenized {
  readonly tokens: readonly TokenCard[];
  readonly beginsWithBos: boolean;
}

/** A change of the run. Tokens count from the prompt's first; without them it acts everywhere, on what is generated as well. */
export type EditSpec =
  /** Multiplies a site's activation, or one head's; 0 ablates it. */
  | {
      readonly kind: "scale";
      readonly site: string;
      readonly factor: number;
      readonly head?: number | undefined;
      readonly tokens?: readonly number[] | undefined;
    }
  /** Sets a site's activation, or one head's, to its mean over all tokens of some prompts: ablation that keeps what is always there. */
  | {
      readonly kind: "mean";
      readonly site: string;
      readonly over: readonly Prompt[];
      readonly head?: number | undefined;
      readonly tokens?: readonly number[] | undefined;
    }
  /** Adds strength × (state of `toward` − state of `from`), both at their last token, to the stream at a site. */
  | {
      readonly kind: "steer";
      readonly site: string;
      readonly toward: Prompt;
      readonly from: Prompt;
      readonly strength: number;
      readonly tokens?: readonly number[] | undefined;
    };

/** A token by its id, or the one token that a text is. */
export type TokenRef = number | string;

/** Ids with what they stand for, for every id in a result. */
export type TokenNames = readonly (readonly [id: number, text: string])[];

export interface GeneratedPart {
  readonly id: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly probability: number;
  readonly top: readonly { readonly id: number; readonly text: string; readonly probability: number }[];
}

export interface Generated {
  readonly kind: "generated";
  readonly ids: Int32Array;
  readonly text: string;
}

/** All heads of one layer at a glance: weight · 255 / `scale`, mean over blocks of places where the prompt is long. */
export interface AttentionGlance {
  readonly layer: number;
  readonly side: number;
  /** [head, query, key] */
  readonly planes: Uint8Array;
  readonly scale: number;
  readonly heads: readonly HeadFacts[];
}

export interface AttentionSummary {
  readonly kind: "attention-patterns";
  readonly tokens: Int32Array;
  readonly layers: number;
  readonly heads: number;
}

/** How a head looks on the whole: mean weight on the token itself, on the one before, on the first; its rows' entropy from 0 to 1. */
export interface HeadFacts {
  readonly self: number;
  readonly previous: number;
  readonly first: number;
  readonly spread: number;
  /** Mean weight on the token after an earlier occurrence of the same token; unset where no token occurs twice. */
  readonly induction?: number | undefined;
}

/** Exact weights of one head. */
export interface AttentionHead {
  readonly kind: "attention-weights";
  readonly layer: number;
  readonly head: number;
  readonly tokens: Int32Array;
  /** [query, key] */
  readonly weights: Float32Array;
  /** The head's largest weights. */
  readonly top: readonly { readonly query: number; readonly key: number; readonly weight: number }[];
}

/** One layer of the lens at positions `from` …: arrays by position, or position × top. Layer = number of layers is the end. */
export interface LensPart {
  readonly layer: number;
  /** Index into the positions asked for. */
  readonly from: number;
  readonly ids: Int32Array;
  readonly probabilities: Float32Array;
  /** Probability of the followed word, and its rank, 1 the best. */
  readonly followed: Float32Array;
  readonly ranks: Int32Array;
  /** In nats. */
  readonly entropies: Float32Array;
  /** KL(end‖layer), in nats. */
  readonly divergences: Float32Array;
  /** Of `ids`. */
  readonly names: TokenNames;
}

export interface Lens {
  readonly kind: "lens";
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  /** Rows: the stream before each layer, and at the end. */
  readonly rows: number;
  readonly top: number;
  readonly follow: Int32Array;
}

/** Known before any cell: what the metric is in both runs. Then a layer at a time, coarse first: the metric with each cell patched. */
export type PatchPart =
  | { readonly kind: "baseline"; readonly clean: number; readonly corrupted: number; readonly columns: number }
  | { readonly kind: "layer"; readonly layer: number; readonly cells: Float64Array };

export interface Patched {
  readonly kind: "patched";
  readonly component: Component;
  readonly cleanTokens: Int32Array;
  readonly corruptedTokens: Int32Array;
  readonly clean: number;
  readonly corrupted: number;
  readonly layers: number;
  /** Tokens, or heads. */
  readonly columns: number;
  /** [layer, column]; NaN where it was not computed. */
  readonly cells: Float64Array;
  readonly metric: Metric;
}

/** At once and at no cost: for hovers. */
export const outlineModel = new RequestType<ModelParams, LanguageOutline, Failure>("model/outline");
export const tokenize = new RequestType<PromptParams, Tokenized, Failure>("prompt/tokenize");
