import { allocate } from "../../tensor/dtype.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { LanguageModel, Trace } from "./language-model.ts";

export const patternSite = (layer: number): string => `blocks.${layer}.attn.hook_pattern`;
export const valueSite = (layer: number): string => `blocks.${layer}.attn.hook_v`;

/** The sites that a run must trace to show what its heads attend to. */
export const attentionSites = (model: LanguageModel): readonly string[] =>
  Array.from({ length: model.decoder.layers }, (_, layer) => [patternSite(layer), valueSite(layer)]).flat();

/**
 * Attention weights times the norms of the values (Kobayashi et al. 2020, without W_O): strong attention to a value near
 * zero, as is common at the first token, has no effect. [head, query, key]
 */
export function valueWeighted(model: LanguageModel, trace: Trace, layer: number): Tensor {
  const pattern = trace.get(patternSite(layer));
  const values = trace.get(valueSite(layer));
  const [heads, queries, keys] = pattern.shape as [number, number, number];
  const [, groups, width] = values.shape as [number, number, number];
  const out = tensor(model.dtype, pattern.shape, allocate(model.dtype, pattern.data.length));
  for (let head = 0; head < heads; head++) {
    const group = Math.floor((head * groups) / heads);
    const norms = Float64Array.from({ length: keys }, (_, key) =>
      norm(values.data as Float32Array, (key * groups + group) * width, width),
    );
    for (let query = 0; query < queries; query++) {
      for (let key = 0; key <= query; key++) {
        const at = (head * queries + query) * keys + key;
        out.data[at] = (pattern.data[at] as number) * norms[key]!;
      }
    }
  }
  return out;
}

function norm(data: Float32Array, from: number, length: number): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += data[i]! ** 2;
  return Math.sqrt(sum);
}

/** Summary statistics of a head, each from 0 to 1: the mean weight on the token itself, on the previous token, and on the first. */
export interface HeadSummary {
  readonly layer: number;
  readonly head: number;
  readonly self: number;
  readonly previous: number;
  readonly first: number;
  /** The mean entropy of its rows, divided by the entropy of uniform attention. */
  readonly spread: number;
}

export function summarizeHeads(pattern: Tensor, layer: number): HeadSummary[] {
  const [heads, queries] = pattern.shape as [number, number, number];
  const at = (head: number, query: number, key: number): number =>
    pattern.data[(head * queries + query) * queries + key] as number;
  const mean = (from: number, read: (query: number) => number): number => {
    let sum = 0;
    for (let query = from; query < queries; query++) sum += read(query);
    return queries > from ? sum / (queries - from) : 0;
  };
  return Array.from({ length: heads }, (_, head) => ({
    layer,
    head,
    self: mean(0, (query) => at(head, query, query)),
    previous: mean(1, (query) => at(head, query, query - 1)),
    first: mean(1, (query) => at(head, query, 0)),
    spread: mean(1, (query) => {
      let sum = 0;
      for (let key = 0; key <= query; key++) {
        const weight = at(head, query, key);
        if (weight > 0) sum -= weight * Math.log(weight);
      }
      return sum / Math.log(query + 1);
    }),
  }));
}

/** The query–key pairs with the largest weights of a head's pattern. */
export function strongestPairs(
  pattern: Tensor,
  head: number,
  count: number,
): { readonly query: number; readonly key: number; readonly weight: number }[] {
  const [, queries, keys] = pattern.shape as [number, number, number];
  const pairs = [];
  for (let query = 0; query < queries; query++) {
    for (let key = 0; key <= query; key++)
      pairs.push({ query, key, weight: pattern.data[(head * queries + query) * keys + key] as number });
  }
  return pairs.sort((a, b) => b.weight - a.weight).slice(0, count);
}
