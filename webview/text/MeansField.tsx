import { useId } from "preact/hooks";
import type { Prompt } from "../../src/protocol/language-model.ts";
import type { TextState } from "./state.ts";
import { useTextDraft } from "../lib/use-draft.ts";

interface Props {
  readonly state: TextState;
  readonly onMeans: (means: string) => void;
  /** What the mean is taken over if no prompt is written. */
  readonly otherwise: string;
}

/** The prompts over whose tokens a mean is taken, one a line. */
export function MeansField({ state, onMeans, otherwise }: Props) {
  const id = useId();
  const draft = useTextDraft(state.means, onMeans);
  const count = meanTexts(state).length;
  return (
    <div class="means">
      <label for={id} class="quiet">
        Mean over {count === 0 ? otherwise : count === 1 ? "this prompt" : `these ${count} prompts`}, all tokens alike
      </label>
      <textarea id={id} rows={2} spellcheck={false} placeholder={`One prompt a line; empty: ${otherwise}`} {...draft} />
    </div>
  );
}

export const meanTexts = ({ means }: Pick<TextState, "means">): readonly string[] =>
  means.split("\n").filter((text) => text.trim() !== "");

/** As they were written, each beginning as the prompt does. */
export const meanPrompts = ({ means, bos }: Pick<TextState, "means" | "bos">): Prompt[] =>
  meanTexts({ means }).map((text) => ({ text, addBos: bos }));
