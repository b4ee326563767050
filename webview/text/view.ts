import type { DataOf } from "../../src/protocol/answer-data.ts";
import type { EditSpec, LanguageCard, Prompt, TokenNames } from "../../src/protocol/language-model.ts";
import type { TextState } from "./state.ts";
import type { ShownToken } from "./TokenStrip.tsx";
import type { Engine, PromptAnswer } from "./use-prompt-answer.ts";

/** What the model expects after every token of the prompt. */
export type Expected = DataOf<"token-distributions">;

/** What every view is given. */
export interface ViewProps {
  readonly engine: Engine;
  readonly card: LanguageCard;
  readonly state: TextState;
  readonly change: (part: Partial<TextState>) => void;
  readonly prompt: Prompt;
  readonly tokens: readonly ShownToken[];
  readonly next: PromptAnswer<"token-distributions">;
  /** The chosen token. */
  readonly position: number;
  /** The token under the pointer, wherever that is. */
  readonly lit: number | undefined;
  readonly onLit: (position: number | undefined) => void;
  readonly say: (sentence: string) => void;
}

export const textOf = (names: TokenNames): ((id: number) => string) => {
  const known = new Map(names);
  return (id) => known.get(id) ?? `#${id}`;
};

/** Interventions as the option of an analysis. */
export const editsText = (edits: readonly EditSpec[]): string => (edits.length ? JSON.stringify(edits) : "");
