/** Language models: their cards, prompts, interventions and the results of their analyses. */
import { RequestType } from "vscode-jsonrpc";
import type { Failure, ModelParams } from "./engine.ts";

/** The metric of a run. It is computed from the logits at one token, by default the last. */
export type Metric =
  /** logit[answer] − logit[wrong] */
  | { readonly kind: "logit-difference"; readonly answer: number; readonly wrong: number }
  | { readonly kind: "probability" | "log-probability"; readonly answer: number }
  /** KL(clean‖run), in nats. */
  | { readonly kind: "divergence" };

/** What patching replaces: an activation at each layer and token, or at each layer and head. */
export type Component = "resid_pre" | "resid_mid" | "attn_out" | "mlp_out" | "head";

/** The prediction after every token. Arrays are by token, or token × top. */
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
  /** The surprisal of the token that came next in the prompt; 0 after the last token. */
  readonly actualRanks: Int32Array;
  readonly actualProbabilities: Float32Array;
}

/**
 * Direct effects on the logits of a few tokens at one position: `values` is [component, token]. Σ values + bias =
 * logits.
 */
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
  /** The precision in memory; a note says why. */
  readonly weights: "float32" | "float16";
  /** `undefined` if there is none next to the weights; prompts are then token ids. */
  readonly tokenizer: TokenizerCard | undefined;
  /** Sites by their TransformerLens names. Shapes are for one token. */
  readonly sites: readonly {
    readonly name: string;
    readonly axes: readonly string[];
    readonly shape: readonly number[];
    readonly role: string;
  }[];
  readonly notes: readonly string[];
}

/** What the file's header says, without reading weights. */
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
  /** Whether the tokenizer's own files define its use. */
  readonly bosReason: string;
  readonly eos: { readonly id: number; readonly text: string } | undefined;
  /** Whether the template puts it, or more, after every text. */
  readonly eosByDefault: boolean;
  readonly notes: readonly string[];
}

/** A text, or ids. `addBos` and `addEos` override what the tokenizer's template adds before and after a text. */
export type Prompt =
  | { readonly text: string; readonly addBos?: boolean | undefined; readonly addEos?: boolean | undefined }
  | { readonly ids: readonly number[] };

export interface PromptParams extends ModelParams {
  readonly prompt: Prompt;
}

export interface TokenCard {
  readonly id: number;
  /** Incomplete UTF-8 sequences are written as bytes, e.g. `<0xE2>`. */
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

/**
 * An intervention. Token positions are counted from 0; without them it applies to all tokens, also to generated ones.
 */
export type EditSpec =
  /** Multiplies a site's activation, or one head's; 0 ablates it. */
  | {
      readonly kind: "scale";
      readonly site: string;
      readonly factor: number;
      readonly head?: number | undefined;
      readonly tokens?: readonly number[] | undefined;
    }
  /** Mean ablation: sets a site's activation, or one head's, to its mean over all tokens of some prompts. */
  | {
      readonly kind: "mean";
      readonly site: string;
      readonly over: readonly Prompt[];
      readonly head?: number | undefined;
      readonly tokens?: readonly number[] | undefined;
    }
  /**
   * Activation steering: adds strength × (state of `toward` − state of `from`), both at their last token, to the
   * residual stream at a site.
   */
  | {
      readonly kind: "steer";
      readonly site: string;
      readonly toward: Prompt;
      readonly from: Prompt;
      readonly strength: number;
      readonly tokens?: readonly number[] | undefined;
    };

/** A token by its id, or by a text that is exactly one token. */
export type TokenRef = number | string;

/** The text of every token id in a result. */
export type TokenNames = readonly (readonly [id: number, text: string])[];

export interface GeneratedPart {
  readonly id: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly probability: number;
  readonly top: readonly { readonly id: number; readonly text: string; readonly probability: number }[];
}

/** Why a text goes on no further. */
export interface GenerationEnd {
  readonly reason: "end token" | "stop token" | "limit" | "context" | "stopped";
  readonly sentence: string;
}

export interface Generated {
  readonly kind: "generated";
  readonly ids: Int32Array;
  readonly text: string;
  readonly ended: GenerationEnd;
}

/**
 * A low-resolution view of all heads of one layer: weight · 255 / `scale`, averaged over blocks of positions for long
 * prompts.
 */
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

/**
 * Summary of a head: its mean weight on the token itself, on the previous token and on the first token; the entropy of
 * its rows from 0 to 1.
 */
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

/**
 * One layer of the lens at positions `from` …: arrays by position, or position × top. The index after the last layer is
 * the model's output.
 */
export interface LensPart {
  readonly layer: number;
  /** Index into the requested positions. */
  readonly from: number;
  readonly ids: Int32Array;
  readonly probabilities: Float32Array;
  /** Probability of the tracked token, and its rank, counted from 1. */
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
  /** Rows: the residual stream before each layer, and after the last. */
  readonly rows: number;
  readonly top: number;
  readonly follow: Int32Array;
}

/**
 * Known before any cell: the metric of both runs. Then one layer at a time, coarse first: the metric with each cell
 * patched.
 */
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

/** Returns immediately, because only the header is read. For hovers. */
export const outlineModel = new RequestType<ModelParams, LanguageOutline, Failure>("model/outline");
export const tokenize = new RequestType<PromptParams, Tokenized, Failure>("prompt/tokenize");
