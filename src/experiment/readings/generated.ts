import type { Worded } from "../../protocol/answer-data.ts";
import type { Generated, GeneratedPart } from "../../protocol/language-model.ts";
import type { Segment } from "./path.ts";

/** `count`: how many tokens came. `text` and each of `parts` are fields. */
export const readGenerated = (
  { ids }: Generated & Worded & { readonly parts: readonly GeneratedPart[] },
  { name }: Segment,
): unknown => (name === "count" ? ids.length : undefined);
