import type { Worded } from "../../protocol/answer-data.ts";
import { missing, indicesIn, type Segment } from "./path.ts";

export const nameOf = ({ names }: Pick<Worded, "names">, id: number): string =>
  names.find(([each]) => each === id)?.[1] ?? `#${id}`;

/** The token whose index is in parentheses; by default the last token of the prompt. */
export const tokenAt = (segment: Segment, tokens: number): number =>
  segment.argument === undefined ? tokens - 1 : indicesIn(segment, { token: tokens })[0]!;

/** Parses a rank, counted from 1, and the field to read. */
export function ranked(ranks: number, rest: readonly Segment[]): { readonly rank: number; readonly field: string } {
  const [segment, field] = rest;
  const rank = Number(segment?.name);
  if (!Number.isInteger(rank) || rank < 1 || rank > ranks)
    return missing(`ranks are 1 to ${ranks}; there is no ${segment?.name ?? "rank named"}`);
  return { rank: rank - 1, field: field?.name ?? "name" };
}
