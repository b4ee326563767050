import type { Worded } from "../../protocol/answer-data.ts";
import type { PromptContext } from "../contexts.ts";

/** What the ids of an answer stand for, and the prompt's tokens as they are shown. */
export const worded = (
  { vocabulary, ids }: Pick<PromptContext, "vocabulary" | "ids">,
  ...named: readonly Iterable<number>[]
): Worded => ({ names: vocabulary.names(...named), shown: ids.map((id) => vocabulary.display(id)) });
