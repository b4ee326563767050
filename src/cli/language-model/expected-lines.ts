import type { NextTokens, Words } from "../../protocol/language-model.ts";
import { percent } from "../numbers.ts";

/** The words expected after each token, one token a line. */
export function expectedLines({ tokens, ids, probabilities, top }: NextTokens, words: Words): readonly string[] {
  const text = new Map(words);
  const shown = (id: number): string => JSON.stringify(text.get(id) ?? `#${id}`);
  return Array.from(tokens, (id, place) => {
    const best = Array.from({ length: top }, (_, i) => place * top + i);
    return `${String(place).padStart(4)}  ${shown(id).padEnd(16)}  →  ${best.map((at) => `${shown(ids[at]!)} ${percent(probabilities[at]!)}`).join(", ")}`;
  });
}
