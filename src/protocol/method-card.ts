import type { OptionValue } from "./result.ts";

/** A method as surfaces show it: enough for a menu, a hover, a form, a flag and a schema. */
export interface MethodCard {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly cost: string;
  readonly paper: { readonly title: string; readonly authors: string; readonly year: number; readonly link: string } | undefined;
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
