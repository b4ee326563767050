import { displayToken } from "../../data/text/display-token.ts";
import type { LanguageResult, NextTokens } from "../../protocol/language-model.ts";
import type { Grid } from "./grid.ts";

/** Probabilities of the likeliest words, by token and rank. */
export function expectedGrid({ data, words }: LanguageResult<NextTokens>): Grid {
  const text = new Map(words);
  return {
    rows: Array.from(data.tokens, (id, place) => `${place}:${displayToken(text.get(id) ?? `#${id}`)}`),
    columns: Array.from({ length: data.top }, (_, rank) => `rank ${rank + 1}`),
    values: data.probabilities,
  };
}
