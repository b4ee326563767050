import type { AnswerData } from "./answer-data.ts";
import type { OptionValue } from "./result.ts";

/** The kind of subject: a picture or tensor, labelled data, a unit or another objective, or a prompt. */
export type SubjectKind = "picture" | "data" | "unit" | "prompt";

/** The description of an analysis for menus, hovers, forms, flags and schemas. */
export interface AnalysisCard {
  readonly id: string;
  /** The group in menus, e.g. `attribution`. */
  readonly family: string;
  readonly title: string;
  /** The formula, in one line. */
  readonly formula?: string;
  /** Whether it is the default, for a panel's first view and for `glassbox explain` without `--method`. */
  readonly byDefault?: boolean;
  /** Whether its cost does not grow with samples or steps, so that it can be shown while slower analyses run. */
  readonly quick?: boolean;
  /**
   * The terminal command that runs it, in addition to `glassbox ask`. If several share one, the flag that selects this
   * one.
   */
  readonly command?: { readonly name: string; readonly when?: string };
  /** One sentence for a hover. */
  readonly summary: string;
  /** In evaluations of the network, e.g. "one gradient". */
  readonly cost: string;
  readonly takes: SubjectKind;
  /** The kind of its answer's data. */
  readonly gives: AnswerData["kind"];
  readonly paper: Paper | undefined;
  /** Whether it explains a target. */
  readonly needsTarget: boolean;
  readonly options: readonly OptionCard[];
  /** Whether a cancelled run stores its parts, so that the next run continues from there. */
  readonly resumes?: boolean;
  /** What claims may read besides what its kind of data gives, with words for completion. */
  readonly readings?: readonly (readonly [path: string, words: string])[];
}

export interface Paper {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly link: string;
}

/** The meaning of an option's value. Forms, flags, validation and completion depend on it. */
export type OptionKind =
  "number" | "choice" | "flag" | "text" | "site" | "token" | "index" | "head" | "prompt" | "edits" | "analysis";

export interface OptionCard {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: OptionKind;
  readonly fallback: OptionValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly whole?: boolean;
  /** The values of a choice, or the ids of the analyses that fit. */
  readonly choices?: readonly string[];
  /** Whether the value is a list. */
  readonly many?: boolean;
  /** What the site's activation must have. */
  readonly needs?: "grid";
  /** What the answer of the named analysis must be. */
  readonly gives?: AnswerData["kind"];
}
