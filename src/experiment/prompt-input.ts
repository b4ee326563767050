import type { Prompt, Word } from "../protocol/language-model.ts";
import type { Question } from "./experiment-of.ts";
import { wordText } from "./prompt-words.ts";

export interface AskedPrompt {
  readonly prompt: Prompt;
  readonly corrupted?: Prompt | undefined;
  readonly answer?: Word | undefined;
  readonly wrong?: Word | undefined;
}

/** A prompt as an experiment's input; `undefined` where text and token ids are mixed, which one input cannot be. */
export function promptInput({ prompt, corrupted, answer, wrong }: AskedPrompt): Question["input"] | undefined {
  const words = {
    answer: answer === undefined ? undefined : wordText(answer),
    wrong: wrong === undefined ? undefined : wordText(wrong),
  };
  if ("ids" in prompt) {
    if (corrupted !== undefined && !("ids" in corrupted)) return undefined;
    return { ids: prompt.ids.join(" "), corrupted: corrupted?.ids.join(" "), ...words };
  }
  if (corrupted !== undefined && (!("text" in corrupted) || corrupted.addBos !== prompt.addBos)) return undefined;
  return { prompt: prompt.text, corrupted: corrupted?.text, bos: prompt.addBos, ...words };
}
