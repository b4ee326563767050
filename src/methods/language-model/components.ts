import { allocate } from "../../tensor/dtype.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { Check } from "../../protocol/result.ts";
import { patternSite } from "./attention-patterns.ts";
import { editConstant, editLinear, type SiteEdit } from "./edits.ts";
import { rowSumsOf, type LanguageModel, type Trace } from "./language-model.ts";

/** The sites that are added to the residual stream: embeddings, then each layer's attention and MLP. Their sum is the final residual stream. */
export function componentSites(model: LanguageModel): readonly string[] {
  const embeddings = model.sites.filter(({ role }) => role === "embedding").map(({ name }) => name);
  const layers = Array.from({ length: model.decoder.layers }, (_, layer) => [
    `blocks.${layer}.hook_attn_out`,
    `blocks.${layer}.hook_mlp_out`,
  ]);
  return [...embeddings, ...layers.flat()];
}

export const finalSite = (model: LanguageModel): string => `blocks.${model.decoder.layers - 1}.hook_resid_post`;
export const finalScale = "ln_final.hook_scale";

const patternSums = (model: LanguageModel): readonly string[] =>
  Array.from({ length: model.decoder.layers }, (_, layer) => rowSumsOf(patternSite(layer)));

/** The sites that a run must trace so that its correctness can be checked. */
export const checkedSites = (model: LanguageModel): readonly string[] => [
  ...componentSites(model),
  finalSite(model),
  finalScale,
  ...patternSums(model),
];

/** A step that builds the residual stream: a component is added, or an edit changes the stream so far. */
export type StreamStep =
  { readonly kind: "component"; readonly site: string } | { readonly kind: "edit"; readonly edit: SiteEdit };

/** The steps in the model's order. Edits of a component's output, or within a component, are part of its output. */
export function streamSteps(model: LanguageModel, edits: readonly SiteEdit[]): readonly StreamStep[] {
  const components = new Set(componentSites(model));
  const blocks = Array.from({ length: model.decoder.layers }, (_, layer) =>
    ["hook_resid_pre", "hook_attn_out", "hook_resid_mid", "hook_mlp_out", "hook_resid_post"].map(
      (name) => `blocks.${layer}.${name}`,
    ),
  ).flat();
  const inOrder = [...[...components].filter((site) => !blocks.includes(site)), ...blocks];
  // A block's end is the next block's beginning, and the first block's beginning may be the embedding.
  const seen = new Set<string>();
  return inOrder.flatMap((site): StreamStep[] => {
    const { value } = model.site(site);
    if (seen.has(value)) return [];
    seen.add(value);
    if (components.has(site)) return [{ kind: "component", site }];
    return edits.filter((edit) => model.site(edit.site).value === value).map((edit) => ({ kind: "edit", edit }));
  });
}

/** The checks that every run can make, edited or not: Σ components = residual stream, and rows of patterns sum to 1. */
export const runChecks = (model: LanguageModel, trace: Trace, edits: readonly SiteEdit[] = []): Check[] => [
  residualCheck(model, trace, edits),
  patternCheck(patternSums(model).map(trace.get)),
];

/** Σ components = residual stream: the largest difference over all tokens, relative to the stream's norm there. Edits of the stream are reapplied between the components. */
export function residualCheck(model: LanguageModel, trace: Trace, edits: readonly SiteEdit[] = []): Check {
  const { width } = model.decoder;
  const final = trace.get(finalSite(model)).data;
  const steps = streamSteps(model, edits);
  let worst = 0;
  for (let token = 0; token < trace.tokens.length; token++) {
    let sum = new Float64Array(width);
    for (const step of steps) {
      if (step.kind === "edit") {
        const brought = editConstant(step.edit, token, width);
        sum = editLinear(step.edit, token, sum).map((value, i) => value + brought[i]!);
      } else {
        const { data } = trace.get(step.site);
        for (let i = 0; i < width; i++) sum[i] = sum[i]! + (data[token * width + i] as number);
      }
    }
    let [difference, norm] = [0, 0];
    for (let i = 0; i < width; i++) {
      const value = final[token * width + i] as number;
      difference += (sum[i]! - value) ** 2;
      norm += value ** 2;
    }
    worst = Math.max(worst, Math.sqrt(difference / (norm || 1)));
  }
  const parts = edits.length
    ? "Embeddings, attention and MLP outputs, as edited,"
    : "Embeddings, attention and MLP outputs";
  return checkOf(
    "residual",
    "components = residual",
    worst,
    1e-4,
    `${parts} add up to the residual stream at every token.`,
    "The components do not add up to the residual stream.",
  );
}

/** Σ direct logit attribution = logit − bias, for one vocabulary token at one position. */
export async function attributionCheck(
  model: LanguageModel,
  trace: Trace,
  token: number,
  tokenId: number,
  edits: readonly SiteEdit[] = [],
): Promise<Check> {
  const { width } = model.decoder;
  const { rows } = streamRows(model, edits, token, (site) => [{ name: site, row: rowAt(trace, site, token, width) }]);
  const contributions = await contributionsOf(model, trace, token, stacked(model, rows), [tokenId]);
  const state = tensor(
    model.dtype,
    [1, width],
    (trace.get(finalSite(model)).data as Float32Array).slice(token * width, (token + 1) * width) as never,
  );
  const logit = Number((await model.readTokenLogits(state, [tokenId])).data[0]);
  const sum = contributions.values.reduce((total, value) => total + value, 0);
  const difference = Math.abs(sum + contributions.bias[0]! - logit);
  return checkOf(
    "attribution",
    "attribution = logit − bias",
    difference,
    1e-3 * Math.max(1, Math.abs(logit)),
    "The components' direct effects add up to the logit.",
    "The components' direct effects do not add up to the logit.",
  );
}

/** A part of the final residual state at one position. */
export interface NamedRow {
  readonly name: string;
  readonly row: Float64Array;
}

export const rowAt = (trace: Trace, site: string, token: number, width: number): Float64Array =>
  Float64Array.from((trace.get(site).data as Float32Array).subarray(token * width, (token + 1) * width));

/**
 * The parts whose sum is the final state at a position. An edit of the stream scales, removes or keeps what was written
 * before it, and adds a part itself.
 * @param write the parts that a component writes
 */
export function streamRows(
  model: LanguageModel,
  edits: readonly SiteEdit[],
  token: number,
  write: (site: string) => readonly NamedRow[],
): { readonly names: readonly string[]; readonly rows: readonly Float64Array[] } {
  let parts: readonly NamedRow[] = [];
  for (const step of streamSteps(model, edits)) {
    if (step.kind === "component") {
      parts = [...parts, ...write(step.site)];
      continue;
    }
    const { edit } = step;
    const brought = editConstant(edit, token, model.decoder.width);
    const kept = parts.map(({ name, row }) => ({ name, row: editLinear(edit, token, row) }));
    parts = brought.some((value) => value !== 0) ? [...kept, { name: `edit of ${edit.site}`, row: brought }] : kept;
  }
  return { names: parts.map(({ name }) => name), rows: parts.map(({ row }) => row) };
}

export function stacked(model: LanguageModel, rows: readonly Float64Array[]): Tensor {
  const { width } = model.decoder;
  const all = tensor(model.dtype, [rows.length, width], allocate(model.dtype, rows.length * width));
  rows.forEach((row, i) => (all.data as Float32Array).set(row, i * width));
  return all;
}

/**
 * The direct effect of each row on the logits of `tokenIds`. If the final norm's scale is fixed at the run's value, logits
 * are affine in the residual stream, f(x) = A·x + bias, and a component's share is f(c) − f(0). [row][token id], row-major.
 */
export async function contributionsOf(
  model: LanguageModel,
  trace: Trace,
  token: number,
  rows: Tensor,
  tokenIds: readonly number[],
): Promise<{ readonly values: Float64Array; readonly bias: Float64Array }> {
  const { width } = model.decoder;
  const count = rows.shape[0]!;
  const withZero = tensor(model.dtype, [count + 1, width], allocate(model.dtype, (count + 1) * width));
  (withZero.data as Float32Array).set(rows.data as Float32Array);
  const scale = Number(trace.get(finalScale).data[token]);
  const scales = tensor(model.dtype, [count + 1, 1], allocate(model.dtype, count + 1));
  (scales.data as Float32Array).fill(scale);
  const { data } = await model.readTokenLogits(withZero, tokenIds, scales);
  const bias = Float64Array.from(tokenIds, (_, column) => Number(data[count * tokenIds.length + column]));
  return {
    values: Float64Array.from(
      { length: count * tokenIds.length },
      (_, i) => Number(data[i]) - bias[i % tokenIds.length]!,
    ),
    bias,
  };
}

/** Checks that the rows of attention patterns sum to 1. Patterns cannot be edited, so this holds in every run. */
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
  return checkOf(
    "pattern",
    "attention sums to 1",
    worst,
    1e-4,
    "Every row of every attention pattern sums to 1.",
    "Rows of attention patterns do not sum to 1.",
  );
}

export function checkOf(id: string, label: string, error: number, tolerance: number, good: string, bad: string): Check {
  const holds = error <= tolerance;
  return {
    id,
    label,
    status: holds ? "pass" : "fail",
    value: error.toExponential(1),
    sentence: holds ? good : `${bad} The error is ${error.toExponential(1)}.`,
    numbers: { error, tolerance },
  };
}
