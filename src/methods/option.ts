import { GlassboxError } from "../tensor/errors.ts";
import type { OptionValue, OptionValues } from "../protocol/result.ts";

/**
 * One option of a method: its default, its bounds and its description. Panels, the command line, experiment files and
 * their schema are derived from these tables.
 */
export type OptionSpec = NumberOption | ChoiceOption | TextOption | FlagOption;

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

export interface ChoiceOption extends Described {
  readonly kind: "choice";
  readonly fallback: string;
  readonly choices: readonly string[];
}

/** Free text, e.g. the name of a site; `""` lets the method choose. */
export interface TextOption extends Described {
  readonly kind: "text";
  readonly fallback: string;
}

export interface FlagOption extends Described {
  readonly kind: "flag";
  readonly fallback: boolean;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

export type OptionsOf<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends NumberOption ? number : T[K] extends FlagOption ? boolean : string;
};

type Words = Described;

export const count = (fallback: number, minimum: number, maximum: number, words: Words): NumberOption => ({
  kind: "number",
  fallback,
  minimum,
  maximum,
  whole: true,
  ...words,
});
export const amount = (fallback: number, minimum: number, maximum: number, words: Words): NumberOption => ({
  kind: "number",
  fallback,
  minimum,
  maximum,
  whole: false,
  ...words,
});
export const choice = (choices: readonly [string, ...string[]], words: Words): ChoiceOption => ({
  kind: "choice",
  fallback: choices[0],
  choices,
  ...words,
});
export const words = (fallback: string, described: Words): TextOption => ({ kind: "text", fallback, ...described });
export const toggle = (fallback: boolean, described: Words): FlagOption => ({ kind: "flag", fallback, ...described });
export const seed = (): NumberOption =>
  count(0, 0, 2 ** 31 - 1, { label: "Seed", description: "Equal seeds give equal noise, on every machine." });

/** Fills in defaults and checks all values. The error names the option and its bounds. */
export function readOptions<T extends OptionTable>(table: T, given: Readonly<Record<string, unknown>>): OptionsOf<T> {
  for (const name of Object.keys(given)) {
    if (!(name in table))
      throw new GlassboxError("option", `there is no option ${name}`, {
        hint: `The options are: ${Object.keys(table).join(", ") || "none"}.`,
      });
  }
  const values: Record<string, OptionValue> = {};
  for (const [name, spec] of Object.entries(table)) values[name] = readOption(name, spec, given[name] ?? spec.fallback);
  return values as OptionsOf<T> & OptionValues;
}

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
          hint: `It must be ${spec.whole ? "a whole number" : "a number"} from ${spec.minimum} to ${spec.maximum}.`,
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
    case "text":
      return String(value);
  }
}
