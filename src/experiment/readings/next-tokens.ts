import type { Worded } from "../../protocol/answer-data.ts";
import type { NextTokens } from "../../protocol/language-model.ts";
import { missing, type Segment } from "./path.ts";
import { ranked, tokenAt, wordOf } from "./token-words.ts";

/** `top.1.name`, `top(3).1.probability`, `entropy`, `entropy(3)`, `rank(3)` of the word that came next; after the last token where none is named. */
export function readNextTokens(data: NextTokens & Worded, first: Segment, rest: readonly Segment[]): unknown {
  const at = (): number => tokenAt(first, data.tokens.length);
  switch (first.name) {
    case "top": {
      const { rank, field } = ranked(data.top, rest);
      const i = at() * data.top + rank;
      return (
        { name: wordOf(data, data.ids[i]!), probability: data.probabilities[i]!, logit: data.logits[i]! }[field] ??
        missing(`a word has name, probability and logit, not ${field}`)
      );
    }
    case "entropy":
      return data.entropies[at()];
    case "rank":
      return data.actualRanks[at()];
    case "actual":
      return data.actualProbabilities[at()];
    default:
      return undefined;
  }
}
