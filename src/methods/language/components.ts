import { allocate } from "../../tensor/dtype.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { Check } from "../../protocol/result.ts";
import type { LanguageModel, Trace } from "./language-model.ts";

/** What writes into the residual stream: embeddings, then each layer's attention and MLP. Their sum is its end. */
export function componentSites(model: LanguageModel): readonly string[] {
  const embeddings = model.sites.filter(({ role }) => role === "embedding").map(({ name }) => name);
  const layers = Array.from({ length: model.decoder.layers }, (_, layer) => [`blocks.${layer}.hook_attn_out`, `blocks.${layer}.hook_mlp_out`]);
  return [...embeddings, ...layers.flat()];
}

export const finalSite = (model: LanguageModel): string => `blocks.${model.decoder.layers - 1}.hook_resid_post`;
export const finalScale = "ln_final.hook_scale";

/** What a run keeps so that its own correctness can be checked. */
export const checkedSites = (model: LanguageModel): readonly string[] => [...componentSites(model), finalSite(model), finalScale];

/** Σ components = residual stream: the largest difference over all tokens, relative to the stream's norm there. */
export function residualCheck(model: LanguageModel, trace: Trace): Check {
  const { width } = model.decoder;
  const final = trace.get(finalSite(model)).data;
  const sum = new Float64Array(final.length);
  for (const site of componentSites(model)) {
    const { data } = trace.get(site);
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + (data[i] as number);
  }
  let worst = 0;
  for (let token = 0; token < trace.tokens.length; token++) {
    let [difference, norm] = [0, 0];
    for (let i = token * width; i < (token + 1) * width; i++) {
      difference += (sum[i]! - (final[i] as number)) ** 2;
      norm += (final[i] as number) ** 2;
    }
    worst = Math.max(worst, Math.sqrt(difference / (norm || 1)));
  }
  return checkOf("residual", "components = residual", worst, 1e-4, "Embeddings, attention and MLP outputs add up to the residual stream at every token.", "The parts that should add up to the residual stream do not.");
}

/** Σ direct logit attribution = logit − bias, for one word at one token. */
export async function attributionCheck(model: LanguageModel, trace: Trace, token: number, word: number): Promise<Check> {
  const { width } = model.decoder;
  const sites = componentSites(model);
  const rows = componentRows(model, trace, token, sites);
  const contributions = await contributionsOf(model, trace, token, rows, [word]);
  const state = tensor(model.dtype, [1, width], (trace.get(finalSite(model)).data as Float32Array).slice(token * width, (token + 1) * width) as never);
  const logit = Number((await model.readWords(state, [word])).data[0]);
  const sum = contributions.values.reduce((total, value) => total + value, 0);
  const difference = Math.abs(sum + contributions.bias[0]! - logit);
  return checkOf("attribution", "attribution = logit − bias", difference, 1e-3 * Math.max(1, Math.abs(logit)), "The components' direct effects add up to the logit.", "The components' direct effects do not add up to the logit.");
}

/** One row a site: what it wrote at a token. */
export function componentRows(model: LanguageModel, trace: Trace, token: number, sites: readonly string[]): Tensor {
  const { width } = model.decoder;
  const rows = tensor(model.dtype, [sites.length, width], allocate(model.dtype, sites.length * width));
  sites.forEach((site, row) => (rows.data as Float32Array).set((trace.get(site).data as Float32Array).subarray(token * width, (token + 1) * width), row * width));
  return rows;
}

/**
 * Direct effect of each row on the logits of `words`: with the final norm's scale held at the run's own, logits are affine in
 * the residual stream, f(x) = A·x + bias, and a component's share is f(c) − f(0). [row][word], row-major.
 */
export async function contributionsOf(model: LanguageModel, trace: Trace, token: number, rows: Tensor, words: readonly number[]): Promise<{ readonly values: Float64Array; readonly bias: Float64Array }> {
  const { width } = model.decoder;
  const count = rows.shape[0]!;
  const withZero = tensor(model.dtype, [count + 1, width], allocate(model.dtype, (count + 1) * width));
  (withZero.data as Float32Array).set(rows.data as Float32Array);
  const scale = Number(trace.get(finalScale).data[token]);
  const scales = tensor(model.dtype, [count + 1, 1], allocate(model.dtype, count + 1));
  (scales.data as Float32Array).fill(scale);
  const { data } = await model.readWords(withZero, words, scales);
  const bias = Float64Array.from(words, (_, word) => Number(data[count * words.length + word]));
  return { values: Float64Array.from({ length: count * words.length }, (_, i) => Number(data[i]) - bias[i % words.length]!), bias };
}

/** Rows of an attention pattern sum to 1. */
export function patternCheck(patterns: readonly Tensor[]): Check {
  let worst = 0;
  for (const { data, shape } of patterns) {
    const keys = shape.at(-1)!;
    for (let row = 0; row < data.length; row += keys) {
      let sum = 0;
      for (let key = 0; key < keys; key++) sum += data[row + key] as number;
      worst = Math.max(worst, Math.abs(sum - 1));
    }
  }
  return checkOf("pattern", "attention sums to 1", worst, 1e-4, "Every row of every attention pattern sums to 1.", "Rows of attention patterns do not sum to 1.");
}

export function checkOf(id: string, label: string, error: number, tolerance: number, good: string, bad: string): Check {
  const holds = error <= tolerance;
  return { id, label, status: holds ? "pass" : "fail", value: error.toExponential(1), sentence: holds ? good : `${bad} The error is ${error.toExponential(1)}.`, numbers: { error, tolerance } };
}
