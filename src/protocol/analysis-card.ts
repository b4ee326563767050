import type { AnswerData } from "./answer-data.ts";
import type { OptionValue } from "./result.ts";

/** What an analysis is asked of: a picture or tensor, labelled data, a unit or another objective, or a prompt. */
export type SubjectKind = "picture" | "data" | "unit" | "prompt";

/** An analysis as surfaces show it: enough for a menu, a hover, a form, a flag and a schema. */
export interface AnalysisCard {
  readonly id: string;
  /** What a menu groups by, e.g. `attribution`. */
  readonly family: string;
  readonly title: string;
  /** What is computed, in one line of mathematics. */
  readonly formula?: string;
  /** Whether it is asked where nobody chose. */
  readonly byDefault?: boolean;
  /** Whether its cost is fixed, so that it is shown while analyses that pay for each sample or step still compute. */
  readonly quick?: boolean;
  /** The terminal command that asks it besides `glassbox ask`; where several share one, the flag that selects this one. */
  readonly command?: { readonly name: string; readonly when?: string };
  /** One sentence for a hover. */
  readonly summary: string;
  /** In evaluations of the network, e.g. "one gradient". */
  readonly cost: string;
  readonly takes: SubjectKind;
  /** The kind of its answer's data. */
  readonly gives: AnswerData["kind"];
  readonly paper: Paper | undefined;
  /** Whether it explains a target, or only looks. */
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

/** What an option's text means; forms, flags, validation and completion decide by it. */
export type OptionKind =
  "number" | "choice" | "flag" | "text" | "site" | "token" | "index" | "head" | "prompt" | "edits";

export interface OptionCard {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: OptionKind;
  readonly fallback: OptionValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly whole?: boolean;
  readonly choices?: readonly string[];
  /** Whether the value is a list. */
  readonly many?: boolean;
  /** What a site's activation must have. */
  readonly needs?: "grid";
}
