import type { Prompt, TokenRef } from "../protocol/language-model.ts";
import type { Question } from "./experiment-of.ts";
import { tokenText } from "../protocol/prompt-text.ts";

export interface AskedPrompt {
  readonly prompt: Prompt;
  readonly corrupted?: Prompt | undefined;
  readonly answer?: TokenRef | undefined;
  readonly wrong?: TokenRef | undefined;
}

/** A prompt as an experiment's input; `undefined` if it mixes text and token ids, which one input cannot express. */
export function promptInput({ prompt, corrupted, answer, wrong }: AskedPrompt): Question["input"] | undefined {
  const words = {
    answer: answer === undefined ? undefined : tokenText(answer),
    wrong: wrong === undefined ? undefined : tokenText(wrong),
  };
  if ("ids" in prompt) {
    if (corrupted !== undefined && !("ids" in corrupted)) return undefined;
    return { ids: prompt.ids.join(" "), corrupted: corrupted?.ids.join(" "), ...words };
  }
  const alike = (other: Prompt): boolean =>
    "text" in other && other.addBos === prompt.addBos && other.addEos === prompt.addEos;
  if (corrupted !== undefined && !alike(corrupted)) return undefined;
  const { text, addBos: bos, addEos: eos } = prompt;
  return { prompt: text, corrupted: corrupted && "text" in corrupted ? corrupted.text : undefined, bos, eos, ...words };
}
