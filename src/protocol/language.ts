/** What scores a run: read from the logits at one token, the last unless stated. */
export type Metric =
  /** logit[answer] − logit[wrong] */
  | { readonly kind: "logit-difference"; readonly answer: number; readonly wrong: number }
  | { readonly kind: "probability" | "log-probability"; readonly answer: number }
  /** KL(clean‖run), in nats. */
  | { readonly kind: "divergence" };

/** What a sweep replaces: at each layer and token, or each layer and head. */
export type Component = "resid_pre" | "resid_mid" | "attn_out" | "mlp_out" | "head";
