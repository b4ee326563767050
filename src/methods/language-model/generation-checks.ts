import type { Check } from "../../protocol/result.ts";
import { takeRows } from "../../tensor/rows.ts";
import { attributionCheck, checkedSites, checkOf, finalSite, runChecks } from "./components.ts";
import type { SiteEdit } from "./edits.ts";
import type { GeneratedToken } from "./sample-tokens.ts";
import type { LanguageModel } from "./language-model.ts";
import { logNormalizer, rowOf } from "./logits.ts";

/**
 * Runs a generated text again as a whole, without cached keys and values, and checks that each token had the same
 * probability and that the components add up. Cost: one forward pass, and one row of logits per token.
 */
export async function generationChecks(
  model: LanguageModel,
  prompt: readonly number[],
  made: readonly GeneratedToken[],
  edits: readonly SiteEdit[],
): Promise<Check[]> {
  const tokens = [...prompt, ...made.slice(0, -1).map(({ id }) => id)];
  const trace = await model.trace(tokens, checkedSites(model), edits);
  let worst = 0;
  for await (const { start, logits } of model.unembed(
    takeRows(trace.get(finalSite(model)), prompt.length - 1, made.length),
  )) {
    for (let row = 0; row < logits.shape[0]!; row++) {
      const own = rowOf(logits as never, row);
      const { id, probability } = made[start + row]!;
      worst = Math.max(worst, Math.abs(Math.exp(own[id]! - logNormalizer(own)) - probability));
    }
  }
  return [
    ...runChecks(model, trace, edits),
    await attributionCheck(model, trace, tokens.length - 1, made.at(-1)!.id, edits),
    checkOf(
      "steps",
      "steps = whole run",
      worst,
      1e-3,
      "In one run over the whole text, each new token has the probability that it had when it was generated.",
      "In one run over the whole text, the new tokens have other probabilities than when they were generated.",
    ),
  ];
}
