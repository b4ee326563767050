import type { Worded } from "../../protocol/answer-data.ts";
import type { PromptContext } from "../contexts.ts";

/** What the tokens of an answer stand for: the prompt's, and those of the other ids. */
export const worded = (
  { vocabulary, ids }: Pick<PromptContext, "vocabulary" | "ids">,
  ...others: readonly Iterable<number>[]
): Worded => ({ names: vocabulary.names(ids, ...others), shown: ids.map((id) => vocabulary.display(id)) });
