import type { Worded } from "../../protocol/answer-data.ts";
import type { Lens, LensPart } from "../../protocol/language-model.ts";
import type { Grid } from "./grid.ts";

export const measures = ["probability", "rank", "entropy", "divergence", "followed"] as const;
type Measure = (typeof measures)[number];

type WholeLens = Lens & Pick<Worded, "shown"> & { readonly parts: readonly LensPart[] };

const readers: Readonly<Record<Measure, (part: LensPart, i: number, top: number) => number>> = {
  probability: (part, i, top) => part.probabilities[i * top]!,
  rank: (part, i) => part.ranks[i]!,
  entropy: (part, i) => part.entropies[i]!,
  divergence: (part, i) => part.divergences[i]!,
  followed: (part, i) => part.followed[i]!,
};

/** By layer and token; the last row is the end. */
export function lensGrid({ rows, positions, top, parts, shown }: WholeLens, measure: Measure): Grid {
  const values = new Float64Array(rows * positions.length).fill(Number.NaN);
  for (const part of parts)
    for (let i = 0; i < part.followed.length; i++)
      values[part.layer * positions.length + part.from + i] = readers[measure](part, i, top);
  return {
    rows: Array.from({ length: rows }, (_, layer) => (layer === rows - 1 ? "end" : String(layer))),
    columns: Array.from(positions, (place) => `${place}:${shown[place] ?? ""}`),
    values,
  };
}

/** The best word of every cell, in quotation marks. */
export function bestWords({ rows, top, parts }: WholeLens): readonly (readonly string[])[] {
  const best: string[][] = Array.from({ length: rows }, () => []);
  for (const part of parts) {
    const words = new Map(part.words);
    for (let i = 0; i < part.followed.length; i++)
      best[part.layer]![part.from + i] = JSON.stringify(words.get(part.ids[i * top]!) ?? "");
  }
  return best;
}
