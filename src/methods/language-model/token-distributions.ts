import type { NextTokens } from "../../protocol/language-model.ts";
import type { Check } from "../../protocol/result.ts";
import { attributionCheck, checkedSites, finalSite, runChecks } from "./components.ts";
import type { SiteEdit } from "./edits.ts";
import type { LanguageModel } from "./language-model.ts";
import { entropy, logNormalizer, rankOf, rowOf, topIds } from "./logits.ts";

/**
 * The model's predictions after every token of a prompt: the top tokens with their probabilities, the entropy, and the rank
 * and probability of the actual next token. Cost: one forward pass; each position is unembedded once.
 */
export async function tokenDistributions(
  model: LanguageModel,
  tokens: readonly number[],
  top: number,
  edits: readonly SiteEdit[] = [],
): Promise<{ readonly data: NextTokens; readonly certificate: readonly Check[] }> {
  const trace = await model.trace(tokens, checkedSites(model), edits);
  const count = tokens.length;
  const best = Math.min(top, model.decoder.vocabulary);
  const data = {
    kind: "token-distributions",
    tokens: Int32Array.from(tokens),
    top: best,
    ids: new Int32Array(count * best),
    logits: new Float32Array(count * best),
    probabilities: new Float32Array(count * best),
    normalizers: new Float64Array(count),
    entropies: new Float32Array(count),
    actualRanks: new Int32Array(count).fill(0),
    actualProbabilities: new Float32Array(count).fill(0),
  } as const;
  for await (const { start, logits } of model.unembed(trace.get(finalSite(model)))) {
    for (let row = 0; row < logits.shape[0]!; row++) {
      const at = start + row;
      const own = rowOf(logits as never, row);
      const normalizer = logNormalizer(own);
      data.normalizers[at] = normalizer;
      data.entropies[at] = entropy(own, normalizer);
      topIds(own, best).forEach((id, i) => {
        data.ids[at * best + i] = id;
        data.logits[at * best + i] = own[id]!;
        data.probabilities[at * best + i] = Math.exp(own[id]! - normalizer);
      });
      const next = tokens[at + 1];
      if (next === undefined) continue;
      data.actualRanks[at] = rankOf(own, next);
      data.actualProbabilities[at] = Math.exp(own[next]! - normalizer);
    }
  }
  const certificate = [
    ...runChecks(model, trace, edits),
    await attributionCheck(model, trace, count - 1, data.ids[(count - 1) * best]!, edits),
  ];
  return { data, certificate };
}
