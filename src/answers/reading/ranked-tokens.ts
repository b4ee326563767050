import type { Worded } from "../../protocol/answer-data.ts";
import { missing, positionsIn, type Segment } from "./path.ts";

export const nameOf = ({ names }: Pick<Worded, "names">, id: number): string =>
  names.find(([each]) => each === id)?.[1] ?? `#${id}`;

/** A token of the prompt: its place in parentheses, or the last one. */
export const tokenAt = (segment: Segment, tokens: number): number =>
  segment.argument === undefined ? tokens - 1 : positionsIn(segment, { token: tokens })[0]!;

/** Of tokens ranked from 1. */
export function ranked(ranks: number, rest: readonly Segment[]): { readonly rank: number; readonly field: string } {
  const [place, field] = rest;
  const rank = Number(place?.name);
  if (!Number.isInteger(rank) || rank < 1 || rank > ranks)
    return missing(`ranks are 1 to ${ranks}; there is no ${place?.name ?? "rank named"}`);
  return { rank: rank - 1, field: field?.name ?? "name" };
}
