import type { CompletionItemKind } from "vscode-languageserver";

/** One suggestion. */
export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly words?: string;
  /** The inserted text, if it differs from the label. */
  readonly text?: string;
  /** The text to match against, if it differs from the label. */
  readonly filter?: string;
  /** Whether it is only the beginning; the editor then asks immediately for the rest. */
  readonly goesOn?: boolean;
}

export interface Found {
  readonly suggestions: readonly Suggestion[];
  /** False if the model was still being opened, so that a later request has more. */
  readonly complete: boolean;
  /** The part of what is written that is completed, if it is not the whole value: the last term of a target. */
  readonly part?: string | undefined;
}

export const whole = (suggestions: readonly Suggestion[]): Found => ({ suggestions, complete: true });
