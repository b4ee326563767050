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
  readonly kind: "next-tokens";
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
