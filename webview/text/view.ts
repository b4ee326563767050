import type { LanguageCard, Prompt } from "../../src/protocol/language-model.ts";
import type { Host } from "./host.ts";
import type { TextState } from "./state.ts";
import type { ShownToken } from "./TokenStrip.tsx";

/** What every view is given. */
export interface ViewProps {
  readonly host: Host;
  readonly card: LanguageCard;
  readonly state: TextState;
  readonly change: (part: Partial<TextState>) => void;
  readonly prompt: Prompt;
  readonly tokens: readonly ShownToken[];
  /** The chosen token. */
  readonly position: number;
  /** The token under the pointer, wherever that is. */
  readonly lit: number | undefined;
  readonly onLit: (position: number | undefined) => void;
  readonly say: (sentence: string) => void;
}

export const textOf = (words: readonly (readonly [id: number, text: string])[]): ((id: number) => string) => {
  const known = new Map(words);
  return (id) => known.get(id) ?? `#${id}`;
};
