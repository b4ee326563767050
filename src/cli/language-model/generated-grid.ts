import { displayToken } from "../../data/text/display-token.ts";
import type { GeneratedPart } from "../../protocol/language-model.ts";
import type { Grid } from "./grid.ts";

/** Each new token's probability, and those of the likeliest at its place. */
export function generatedGrid(parts: readonly GeneratedPart[]): Grid {
  const ranks = Math.max(0, ...parts.map(({ top }) => top.length));
  return {
    rows: parts.map(({ text }, place) => `${place}:${displayToken(text)}`),
    columns: ["chosen", ...Array.from({ length: ranks }, (_, rank) => `rank ${rank + 1}`)],
    values: parts.flatMap(({ probability, top }) => [
      probability,
      ...Array.from({ length: ranks }, (_, rank) => top[rank]?.probability ?? Number.NaN),
    ]),
  };
}
