import type { Prompt, TokenRef } from "../protocol/language-model.ts";
import type { Preprocessing } from "../protocol/model.ts";
import type { OptionValues, OptionValue } from "../protocol/result.ts";
import type { Aggregate } from "../answers/reading/aggregate.ts";
import type { Range } from "../protocol/experiment.ts";

export const experimentVersion = 1;

/**
 * An analysis written down: one model, some inputs, what is asked of each, and what is claimed of the
 * answers. What is left out has the default of the method's own option table.
 */
export interface Experiment {
  readonly title: string;
  readonly description: string;
  /** Relative to the file's folder. */
  readonly model: Located<string>;
  readonly inputs: readonly InputEntry[];
  /** A convention's name, or the values; as the model's own file says where it is left out. */
  readonly preprocessing: Located<string | PreprocessingValues> | undefined;
  readonly analyses: readonly Analysis[];
  readonly claims: readonly Claim[];
}

/** A value with its place in the file, for whoever finds later that it is wrong. */
export interface Located<T> {
  readonly value: T;
  readonly range: Range;
}

export type PreprocessingValues = Omit<Preprocessing, "source" | "reason">;

/** What an analysis is asked of. `stated` is the text that says which: a path, a dataset, a unit, a prompt. */
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

/** What every other input may be called; by what it is if left out. */
interface Named extends Stated {
  readonly name: Located<string> | undefined;
}

/** Labelled samples: `procedural:2000`, a folder, a table or an archive. */
export interface DataEntry extends Named {
  readonly kind: "data";
  readonly label: Located<string> | undefined;
}

/** A channel, `blocks.5:20`, or any objective; the same in words of `parseObjective`. */
export interface UnitEntry extends Named {
  readonly kind: "unit";
  readonly objective: string;
  /** A folder of real pictures to compare with. */
  readonly photographs: Located<string> | undefined;
}

/** A text or token ids, with what patching compares it with. */
export interface PromptEntry extends Named {
  readonly kind: "prompt";
  readonly prompt: Prompt;
  readonly corrupted: Prompt | undefined;
  readonly answer: TokenRef | undefined;
  readonly wrong: TokenRef | undefined;
}

export interface Analysis {
  /** What claims and file names call it; the method's name if left out. */
  readonly id: string;
  readonly method: Located<string>;
  /** A class's number or name, or an expression; the best class of each input if left out. */
  readonly target: Located<string> | undefined;
  readonly options: Readonly<Record<string, Located<OptionValue> & { readonly key: Range }>>;
  /** Asked once for each: the method's option that names a site takes these in turn. */
  readonly sites: readonly Located<string>[];
  /** Of the whole entry, and of the name a lens stands on. */
  readonly range: Range;
  readonly name: Range;
}

export interface Claim {
  readonly reading: Located<string>;
  readonly comparison: Comparison;
  /** The input that it speaks of; every one if left out. */
  readonly on: Located<string> | undefined;
  /** One number of all inputs, instead of each one's. */
  readonly over: Aggregate | undefined;
  /** Why it is claimed: a sentence for the report. */
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

/**
 * How far a number may be off: a share of the expected one (`2 %`), hundredths of a share
 * (`0.5 points`), or an amount in the value's own unit (`0.01 logits`).
 */
export interface Tolerance {
  readonly amount: number;
  readonly unit: string;
}

export const optionValuesOf = ({ options }: Analysis): OptionValues =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
