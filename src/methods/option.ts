import { readEdits, readWholeNumbers, readToken } from "../protocol/prompt-text.ts";
import type { EditSpec, TokenRef } from "../protocol/language-model.ts";
import type { OptionKind } from "../protocol/analysis-card.ts";
import type { AnswerData } from "../protocol/answer-data.ts";
import type { OptionValue, OptionValues } from "../protocol/result.ts";
import { readTexts, siteNames } from "../protocol/written-lists.ts";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * One option of an analysis: its default, its bounds and its description. Panels, the command line, experiment files, their
 * schema and completion read these tables. They depend on an option's kind, never on its name.
 */
export type OptionSpec = NumberOption | ChoiceOption<string> | FlagOption | AnalysisOption | WrittenOption<unknown>;

interface Described {
  readonly label: string;
  readonly description: string;
}

export interface NumberOption extends Described {
  readonly kind: "number";
  readonly fallback: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly whole: boolean;
}

export interface ChoiceOption<Choice extends string> extends Described {
  readonly kind: "choice";
  readonly fallback: Choice;
  readonly choices: readonly Choice[];
}

export interface FlagOption extends Described {
  readonly kind: "flag";
  readonly fallback: boolean;
}

/** The id of an analysis whose answer this one reads. `""` is the default of those that fit. */
export interface AnalysisOption extends Described {
  readonly kind: "analysis";
  readonly fallback: "";
  readonly gives: AnswerData["kind"];
  readonly parse: (text: string) => string;
}

/** Text whose kind defines its meaning, e.g. a site or a list of tokens. `""` lets the analysis choose. */
export interface WrittenOption<Value> extends Described {
  readonly kind: Exclude<OptionKind, "number" | "choice" | "flag" | "analysis">;
  readonly fallback: string;
  /** Whether the text is a list. */
  readonly many?: boolean;
  /** What the activation of the site must have. */
  readonly needs?: "grid";
  /** Parses the text to the value that the analysis uses; throws a readable error. */
  readonly parse: (text: string) => Value;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The parsed options. */
export type OptionsOf<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends NumberOption
    ? number
    : T[K] extends FlagOption
      ? boolean
      : T[K] extends ChoiceOption<infer Choice>
        ? Choice
        : T[K] extends AnalysisOption
          ? string
          : T[K] extends WrittenOption<infer Value>
            ? Value
            : never;
};

export const count = (fallback: number, minimum: number, maximum: number, described: Described): NumberOption => ({
  kind: "number",
  fallback,
  minimum,
  maximum,
  whole: true,
  ...described,
});

export const amount = (fallback: number, minimum: number, maximum: number, described: Described): NumberOption => ({
  kind: "number",
  fallback,
  minimum,
  maximum,
  whole: false,
  ...described,
});

/** The first choice is the default. */
export const choice = <const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  described: Described,
): ChoiceOption<Choice> => ({ kind: "choice", fallback: choices[0], choices, ...described });

export const toggle = (fallback: boolean, described: Described): FlagOption => ({
  kind: "flag",
  fallback,
  ...described,
});

export const seed = (): NumberOption =>
  count(0, 0, 2 ** 31 - 1, { label: "Seed", description: "Equal seeds give equal noise, on every machine." });

export const words = (fallback: string, described: Described): WrittenOption<string> => ({
  kind: "text",
  fallback,
  parse: (text) => text,
  ...described,
});

/** One site by name; `grid` if the analysis needs rows and columns. */
export const site = (described: Described, needs?: "grid"): WrittenOption<string> => ({
  kind: "site",
  fallback: "",
  ...(needs && { needs }),
  parse: (text) => text,
  ...described,
});

/** Site names, separated by commas. */
export const sites = (described: Described): WrittenOption<readonly string[]> => ({
  kind: "site",
  fallback: "",
  many: true,
  parse: siteNames,
  ...described,
});

/** One token: its text, or # and its id. */
export const token = (described: Described): WrittenOption<TokenRef | undefined> => ({
  kind: "token",
  fallback: "",
  parse: (text) => (text === "" ? undefined : readToken(text)),
  ...described,
});

/** Tokens, separated by |. */
export const tokens = (described: Described): WrittenOption<readonly TokenRef[]> => ({
  kind: "token",
  fallback: "",
  many: true,
  parse: (text) => readTexts(text).map(readToken),
  ...described,
});

/** Positions or layers, counted from 0 and separated by commas; all of them if empty. */
export const indices = (described: Described): WrittenOption<readonly number[] | undefined> => ({
  kind: "index",
  fallback: "",
  many: true,
  parse: (text) => readWholeNumbers(described.label.toLowerCase(), text),
  ...described,
});

/** An attention head, e.g. 5.3 for head 3 of layer 5. */
export const head = (described: Described): WrittenOption<{ readonly layer: number; readonly head: number }> => ({
  kind: "head",
  fallback: "0.0",
  parse: (text) => {
    const [layer, index] = /^(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
    if (layer === undefined || index === undefined)
      throw new GlassboxError("option", `head is ${text}`, { hint: "Write layer and head, e.g. 5.3." });
    return { layer, head: index };
  },
  ...described,
});

/** Prompts as texts, separated by |. */
export const prompts = (described: Described): WrittenOption<readonly string[]> => ({
  kind: "prompt",
  fallback: "",
  many: true,
  parse: readTexts,
  ...described,
});

/** A map of the same input and target, by the id of its analysis: what a metric measures. */
export const mapOf = (description: string): AnalysisOption => ({
  kind: "analysis",
  label: "Map",
  description,
  fallback: "",
  gives: "heatmap",
  parse: (text) => text,
});

/** Interventions, as a JSON array. */
export const edits = (described: Described): WrittenOption<readonly EditSpec[]> => ({
  kind: "edits",
  fallback: "",
  many: true,
  parse: (text) => readEdits(text) ?? [],
  ...described,
});

/** The written value of every option, with defaults filled in. The error names the option and its bounds. */
export function readOptions(table: OptionTable, given: Readonly<Record<string, unknown>>): OptionValues {
  for (const name of Object.keys(given)) {
    if (!(name in table))
      throw new GlassboxError("option", `there is no option ${name}`, {
        hint: `The options are: ${Object.keys(table).join(", ") || "none"}.`,
      });
  }
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, readOption(name, spec, given[name] ?? spec.fallback)]),
  );
}

/** Parses the values returned by `readOptions`. */
export const parseOptions = <T extends OptionTable>(table: T, values: OptionValues): OptionsOf<T> =>
  Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [
      name,
      "parse" in spec ? spec.parse(String(values[name] ?? spec.fallback)) : (values[name] ?? spec.fallback),
    ]),
  ) as OptionsOf<T>;

function readOption(name: string, spec: OptionSpec, value: unknown): OptionValue {
  switch (spec.kind) {
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      const fits =
        typeof number === "number" &&
        number >= spec.minimum &&
        number <= spec.maximum &&
        (!spec.whole || Number.isInteger(number));
      if (!fits)
        throw new GlassboxError("option", `${name} is ${String(value)}`, {
          hint: `It must be ${spec.whole ? "a whole number" : "a number"} from ${spec.minimum} to ${spec.maximum}. ${spec.description}`,
        });
      return number;
    }
    case "choice":
      if (!spec.choices.includes(String(value)))
        throw new GlassboxError("option", `${name} is ${String(value)}`, {
          hint: `It must be one of: ${spec.choices.join(", ")}.`,
        });
      return String(value);
    case "flag":
      if (value !== true && value !== false && value !== "true" && value !== "false")
        throw new GlassboxError("option", `${name} is ${String(value)}`, { hint: "It must be true or false." });
      return value === true || value === "true";
    default:
      // A malformed list is rejected before anything is opened.
      spec.parse(String(value));
      return String(value);
  }
}
