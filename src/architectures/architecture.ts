import { Builder, type Value } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import type { GgufMetadata } from "../formats/gguf/read.ts";
import type { Context } from "./layers.ts";
import type { Sequence } from "./sequence.ts";
import type { Weights } from "./weights.ts";

/** What every decoder has, in one vocabulary. */
export interface Dimensions {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Longest prompt that the model was made for. */
  readonly context: number;
}

/**
 * A decoder in parts, so that a program may hold any of them: token ids to the first residual stream, one
 * block from `resid_pre` to `resid_post`, and the residual stream to logits.
 */
export interface Decoder extends Dimensions {
  readonly family: string;
  embed(c: Context, ids: Value): Value;
  block(c: Context, layer: number, x: Value): Value;
  /** The final norm: what the unembedding reads. */
  finalNorm(c: Context, x: Value): Value;
  /** [vocabulary, width]: logit_t = normalized · W_U[t] + bias[t]. */
  unembedding(c: Context): { readonly weight: Value; readonly bias: Value | undefined };
}

/** A family: how its files are recognised, and how its equations become a graph. */
export interface Architecture {
  readonly family: string;
  /** `model_type` of config.json. */
  readonly modelTypes: readonly string[];
  /** `general.architecture` of GGUF. */
  readonly ggufTypes: readonly string[];
  fromConfig(config: ModelConfig, weights: Weights): Decoder;
  fromGguf?(metadata: GgufMetadata, weights: Weights): Decoder;
  /** The name in a GGUF file of a weight of this family, and how its rows are put back in the checkpoint's order. */
  ggufName?(name: string): { readonly name: string; readonly heads?: "query" | "key" | undefined } | undefined;
}

/** config.json, read with care: every getter refuses a value of another type. */
export interface ModelConfig {
  number(key: string, fallback?: number): number;
  text(key: string, fallback: string): string;
  flag(key: string, fallback: boolean): boolean;
  object(key: string): ModelConfig | undefined;
  has(key: string): boolean;
}

export const tokensInput = "tokens";
export const logitsOutput = "logits";

/** The whole decoder as one graph: `tokens` [batch, token] to `logits` [batch, token, word], with all its sites. */
export function decoderGraph(decoder: Decoder, sequence: Sequence): Graph {
  const b = new Builder(coreOperators);
  const c: Context = { b, sequence };
  let x = decoder.embed(c, b.input(tokensInput, { dtype: "int64", shape: [sequence.batch, sequence.tokens] }));
  for (let layer = 0; layer < decoder.layers; layer++) x = decoder.block(c, layer, x);
  const normalized = decoder.finalNorm(c, x);
  return b.finish([unembed(c, decoder, normalized)]);
}

/** logits = normalized · W_Uᵀ + b_U. */
export function unembed({ b, sequence }: Context, decoder: Decoder, normalized: Value): Value {
  const { weight, bias } = decoder.unembedding({ b, sequence });
  const flat = b.reshape(normalized, [sequence.batch * sequence.tokens, decoder.width]);
  const logits = b.apply("Gemm", [flat, weight, ...(bias ? [bias] : [])], { transB: true });
  return b.apply(
    "Reshape",
    [logits],
    { shape: [sequence.batch, sequence.tokens, decoder.vocabulary] },
    { names: [logitsOutput] },
  );
}
