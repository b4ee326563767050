import type { Prompt, TokenRef } from "../protocol/language-model.ts";
import type { Preprocessing } from "../protocol/model.ts";
import type { OptionValues, OptionValue } from "../protocol/result.ts";
import type { Aggregate } from "../answers/reading/aggregate.ts";
import type { Range } from "../protocol/experiment.ts";

export const experimentVersion = 1;

/**
 * An experiment: one model, inputs, the analyses to run on each, and claims about the answers. Omitted options have the
 * defaults of the method's option table.
 */
export interface Experiment {
  readonly title: string;
  readonly description: string;
  /** Relative to the file's folder. */
  readonly model: Located<string>;
  readonly inputs: readonly InputEntry[];
  /** A convention's name, or the values; if unset, as the model's own file says. */
  readonly preprocessing: Located<string | PreprocessingValues> | undefined;
  readonly analyses: readonly Analysis[];
  readonly claims: readonly Claim[];
}

/** A value with its range in the file, for later error messages. */
export interface Located<T> {
  readonly value: T;
  readonly range: Range;
}

export type PreprocessingValues = Omit<Preprocessing, "source" | "reason">;

/** An input of an analysis. `stated` is its text: a path, a dataset, a unit or a prompt. */
export type InputEntry = PictureEntry | DataEntry | UnitEntry | PromptEntry;

interface Stated {
  readonly stated: Located<string>;
}

/** A file (picture or .npy), a pattern such as `photos/*.png`, or a folder's pictures. */
export interface PictureEntry extends Stated {
  readonly kind: "file" | "pattern" | "folder";
  /** A picture that is white where the object is, for `share(mask)`. */
  readonly mask: Located<string> | undefined;
}

/** A name for inputs that are not files; derived from the input if unset. */
interface Named extends Stated {
  readonly name: Located<string> | undefined;
}

/** Labelled samples: `procedural:2000`, a folder, a table or an archive. */
export interface DataEntry extends Named {
  readonly kind: "data";
  readonly label: Located<string> | undefined;
}

/** A channel, `blocks.5:20`, or any objective; the same, in the syntax of `parseObjective`. */
export interface UnitEntry extends Named {
  readonly kind: "unit";
  readonly objective: string;
  /** A folder of real pictures to compare with. */
  readonly photographs: Located<string> | undefined;
}

/** A text or token ids, with the prompt that patching compares it with. */
export interface PromptEntry extends Named {
  readonly kind: "prompt";
  readonly prompt: Prompt;
  readonly corrupted: Prompt | undefined;
  readonly answer: TokenRef | undefined;
  readonly wrong: TokenRef | undefined;
}

export interface Analysis {
  /** Its name in claims and file names; the method's name if unset. */
  readonly id: string;
  readonly method: Located<string>;
  /** A class's index or name, or an expression; the top class of each input if unset. */
  readonly target: Located<string> | undefined;
  readonly options: Readonly<Record<string, Located<OptionValue> & { readonly key: Range }>>;
  /** The analysis runs once for each site: the method's site option takes these values in turn. */
  readonly sites: readonly Located<string>[];
  /** The range of the whole entry, and of the name for code lenses. */
  readonly range: Range;
  readonly name: Range;
}

export interface Claim {
  readonly reading: Located<string>;
  readonly comparison: Comparison;
  /** The input that it refers to; every input if unset. */
  readonly on: Located<string> | undefined;
  /** Aggregates the numbers of all inputs into one. */
  readonly over: Aggregate | undefined;
  /** Why it is claimed, as a sentence for the report. */
  readonly because: string;
  readonly range: Range;
}

export type Comparison =
  | { readonly kind: "is"; readonly expected: Expected; readonly within: Tolerance | undefined }
  | { readonly kind: "isNot"; readonly expected: Expected }
  | { readonly kind: "above" | "below" | "atLeast" | "atMost"; readonly expected: Expected }
  | { readonly kind: "between"; readonly low: number; readonly high: number }
  | { readonly kind: "oneOf"; readonly choices: readonly (string | number)[] };

/** A literal, or another reading of the same input, e.g. `above: gradient.share(mask)`. */
export type Expected = Located<string | number | boolean>;

/** The tolerance of a number: a share of the expected one (`2 %`), hundredths of a share
 * (`0.5 points`), or an amount in the value's own unit (`0.01 logits`).
 */
export interface Tolerance {
  readonly amount: number;
  readonly unit: string;
}

export const optionValuesOf = ({ options }: Analysis): OptionValues =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
