import type { CompletionItemKind } from "vscode-languageserver";

/** One thing that may be written. */
export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly words?: string;
  /** What is written, where it is more than the label. */
  readonly text?: string;
  /** What is typed to find it, where that is more than the label. */
  readonly filter?: string;
  /** Only its beginning: the editor asks at once for the rest. */
  readonly goesOn?: boolean;
}

export interface Found {
  readonly suggestions: readonly Suggestion[];
  /** False where the model was still being opened: asked again, there is more. */
  readonly complete: boolean;
  /** The part of what is written that is completed, if it is not the whole value: the last term of a target. */
  readonly part?: string | undefined;
}

export const whole = (suggestions: readonly Suggestion[]): Found => ({ suggestions, complete: true });
