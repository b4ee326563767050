import type { AttentionGlance, HeadFacts } from "../../protocol/language-model.ts";
import type { Grid } from "./grid.ts";

const measures = ["self", "previous", "first", "spread"] as const;

export const headsOf = (
  parts: readonly AttentionGlance[],
): readonly (HeadFacts & { readonly layer: number; readonly head: number })[] =>
  parts.flatMap(({ layer, heads }) => heads.map((facts, head) => ({ layer, head, ...facts })));

/** Every head by how it looks on the whole. */
export function headsGrid(parts: readonly AttentionGlance[]): Grid {
  const heads = headsOf(parts);
  return {
    rows: heads.map(({ layer, head }) => `${layer}.${head}`),
    columns: measures,
    values: heads.flatMap((each) => measures.map((measure) => each[measure])),
  };
}

/** One head's weights, query by key. */
export function weightsGrid({
  weights,
  shown,
}: {
  readonly weights: ArrayLike<number>;
  readonly shown: readonly string[];
}): Grid {
  const columns = shown.map((text, place) => `${place}:${text}`);
  return { rows: columns, columns, values: weights };
}
