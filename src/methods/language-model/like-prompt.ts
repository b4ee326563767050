import type { Prompt } from "../../protocol/language-model.ts";
import { readIds } from "../../protocol/prompt-text.ts";

/** A further prompt, written as the subject's prompt is: as text with the same settings, or as token ids. */
export const likePrompt = (text: string, prompt: Prompt): Prompt =>
  "ids" in prompt ? readIds(text) : { ...prompt, text };
