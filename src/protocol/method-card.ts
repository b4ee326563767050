import type { OptionValue } from "./result.ts";

/** What an analysis is asked of: a picture or tensor, labelled data, something to grow a picture for, or a prompt. */
export type Subject = "picture" | "data" | "unit" | "prompt";

/** A method as surfaces show it: enough for a menu, a hover, a form, a flag and a schema. */
export interface MethodCard {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly cost: string;
  readonly takes: Subject;
  readonly paper:
    { readonly title: string; readonly authors: string; readonly year: number; readonly link: string } | undefined;
  readonly needsTarget: boolean;
  readonly options: readonly OptionCard[];
}

export interface OptionCard {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: "number" | "choice" | "text" | "flag";
  readonly fallback: OptionValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly whole?: boolean;
  readonly choices?: readonly string[];
}
