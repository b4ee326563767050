import { takeRows } from "../../../tensor/rows.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { patternSite } from "../attention-patterns.ts";
import { finalSite } from "../components.ts";
import type { SiteEdit } from "../edits.ts";
import type { LanguageModel } from "../language-model.ts";
import { logNormalizer, rowOf, topIds } from "../logits.ts";

/** How well the model continues the second half of repeated tokens, over the positions whose next token is known from the first. */
export interface RepeatSkill {
  /** The share of positions whose most probable next token is the right one. */
  readonly accuracy: number;
  /** The mean loss of the right token, in nats. */
  readonly loss: number;
}

/** One run over one sequence: the patterns by layer, and the skill of this sequence. */
export interface RepeatRun {
  /** [head, query, key] */
  readonly patterns: readonly Tensor[];
  readonly skill: RepeatSkill;
}

/** Runs a sequence, edited or not. Cost: one forward pass, and the unembedding of half of the positions. */
export async function runRepeat(
  model: LanguageModel,
  tokens: readonly number[],
  period: number,
  edits: readonly SiteEdit[] = [],
): Promise<RepeatRun> {
  const layers = Array.from({ length: model.decoder.layers }, (_, layer) => patternSite(layer));
  const trace = await model.trace(tokens, [...layers, finalSite(model)], edits);
  const from = period + 1;
  const known = tokens.length - 1 - from;
  let [right, loss] = [0, 0];
  for await (const { start, logits } of model.unembed(takeRows(trace.get(finalSite(model)), from, known))) {
    for (let row = 0; row < logits.shape[0]!; row++) {
      const own = rowOf(logits as never, row);
      const next = tokens[from + start + row + 1]!;
      if (topIds(own, 1)[0] === next) right++;
      loss += logNormalizer(own) - own[next]!;
    }
  }
  return { patterns: layers.map((site) => trace.get(site)), skill: { accuracy: right / known, loss: loss / known } };
}

export const meanSkill = (runs: readonly RepeatSkill[]): RepeatSkill => ({
  accuracy: mean(runs.map(({ accuracy }) => accuracy)),
  loss: mean(runs.map(({ loss }) => loss)),
});

/** The mean; 0 of nothing, which a cancelled run may have. */
export const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
