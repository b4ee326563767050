import type { DirectAttribution } from "../../protocol/language.ts";
import type { Check } from "../../protocol/result.ts";
import { stackRows, takeRows } from "../../tensor/rows.ts";
import { allocate } from "../../tensor/dtype.ts";
import { tensor } from "../../tensor/tensor.ts";
import { checkedSites, checkOf, componentRows, componentSites, contributionsOf, finalSite, residualCheck } from "./components.ts";
import { headResults } from "./head-results.ts";
import type { LanguageModel, Trace } from "./language-model.ts";

const zSite = (layer: number): string => `blocks.${layer}.attn.hook_z`;

export const attributionSites = (model: LanguageModel): readonly string[] => [...checkedSites(model), ...Array.from({ length: model.decoder.layers }, (_, layer) => zSite(layer))];

/**
 * Direct logit attribution (Elhage et al. 2021): how much each component's own writing moves the logits of a few words at one token,
 * by embedding, head, attention bias and MLP. The bias of the readout is not part of the sum.
 */
export async function directLogitAttribution(model: LanguageModel, trace: Trace, token: number, words: readonly number[]): Promise<{ readonly data: DirectAttribution; readonly certificate: readonly Check[] }> {
  const { heads, width, layers } = model.decoder;
  const names: string[] = [];
  const parts = [];
  for (const site of componentSites(model)) {
    const row = componentRows(model, trace, token, [site]);
    const layer = Number(/^blocks\.(\d+)\.hook_attn_out$/.exec(site)?.[1] ?? -1);
    if (layer < 0) {
      names.push(site);
      parts.push(row);
      continue;
    }
    const z = takeRows(trace.get(zSite(layer)), token, 1);
    const written = await headResults(model, layer, z);
    parts.push({ ...written, shape: [heads, width] });
    names.push(...Array.from({ length: heads }, (_, head) => `blocks.${layer}.attn.head.${head}`));
    // What attention writes beyond its heads is its output bias.
    const rest = tensor(model.dtype, [1, width], allocate(model.dtype, width));
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let head = 0; head < heads; head++) sum += written.data[head * width + i] as number;
      rest.data[i] = (row.data[i] as number) - sum;
    }
    parts.push(rest);
    names.push(`blocks.${layer}.attn.bias`);
  }
  const { values, bias } = await contributionsOf(model, trace, token, stackRows(parts), words);
  const logits = Float64Array.from((await model.readWords(takeRows(trace.get(finalSite(model)), token, 1), words)).data as Float32Array);
  const worst = Math.max(...words.map((_, word) => Math.abs(sumOf(values, word, words.length) + bias[word]! - logits[word]!)));
  const certificate = [
    residualCheck(model, trace),
    checkOf("attribution", "attribution = logit − bias", worst, 1e-3 * Math.max(1, ...logits.map(Math.abs)), "The components' direct effects add up to the logits.", "The components' direct effects do not add up to the logits."),
  ];
  return { data: { kind: "direct-attribution", token, words: Int32Array.from(words), layers, heads, components: names, values, bias, logits }, certificate };
}

function sumOf(values: Float64Array, word: number, words: number): number {
  let sum = 0;
  for (let i = word; i < values.length; i += words) sum += values[i]!;
  return sum;
}
