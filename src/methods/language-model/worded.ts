import type { Worded } from "../../protocol/answer-data.ts";
import type { PromptContext } from "../contexts.ts";

/** Adds the texts of an answer's token ids, and of the prompt's tokens. */
export const worded = (
  { vocabulary, ids }: Pick<PromptContext, "vocabulary" | "ids">,
  ...named: readonly Iterable<number>[]
): Worded => ({ names: vocabulary.names(...named), shown: ids.map((id) => vocabulary.display(id)) });
