import { parseArgs } from "node:util";
import { GlassboxError } from "../tensor/errors.ts";
import { nearest } from "../tensor/nearest.ts";

/** One `--flag`, as the parser and the help both read it. */
export interface Flag {
  readonly kind: "text" | "switch";
  /** What stands for the value in the help, e.g. `<folder>`. */
  readonly value?: string;
  readonly description: string;
}

export type FlagTable = Readonly<Record<string, Flag>>;

export const commonFlags: FlagTable = { help: { kind: "switch", description: "Show this help." } };

export const engineFlags: FlagTable = {
  runtime: {
    kind: "text",
    value: "<name>",
    description:
      "The runtime for networks: onnxruntime (default), tensorflow, or reference, which is float64 and slow.",
  },
  provider: {
    kind: "text",
    value: "<name>",
    description:
      "The hardware that ONNX Runtime computes on: cpu (default), webgpu, cuda, coreml or directml, if available on this machine.",
  },
  memory: {
    kind: "text",
    value: "<GB>",
    description: "The memory that one computation may use, in gigabytes. Default: 2.",
  },
};

/** The parsed command line. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** The last value of a text flag. */
  text(name: string): string | undefined;
  /** All values of a text flag, in order; commas separate as well. */
  list(name: string): readonly string[];
  /** All values of a text flag, in order, commas and all. */
  all(name: string): readonly string[];
  /** Whether a switch is on; `--no-…` turns it off. `undefined` if it was not named. */
  on(name: string): boolean | undefined;
  readonly names: ReadonlySet<string>;
}

/** @param loose ignores unknown flags, for a first pass before all of them are known */
export function parseFlags(args: readonly string[], flags: FlagTable, { loose = false } = {}): Arguments {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { kind }]) => [
      name,
      { type: kind === "text" ? ("string" as const) : ("boolean" as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: expandShort(args),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const texts = new Map<string, string[]>();
  const switches = new Map<string, boolean>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const positive = token.name.replace(/^no-/, "");
    if (flags[token.name]?.kind === "text") {
      const { value } = token;
      if (value === undefined || (!token.inlineValue && value.startsWith("--")))
        throw new GlassboxError("option", `--${token.name} needs a value`, {
          hint: `Write --${token.name} ${flags[token.name]!.value ?? "<value>"}.`,
        });
      texts.set(token.name, [...(texts.get(token.name) ?? []), value]);
    } else if (flags[token.name]?.kind === "switch" || flags[positive]?.kind === "switch") {
      if (token.value !== undefined)
        throw new GlassboxError("option", `${token.rawName} takes no value`, {
          hint: "Leave out the equals sign and what follows it.",
        });
      switches.set(flags[token.name] ? token.name : positive, flags[token.name] !== undefined);
    } else if (!loose) {
      const near = nearest(token.name, Object.keys(flags));
      throw new GlassboxError("option", `there is no flag ${token.rawName} here`, {
        hint: near ? `Did you mean --${near}?` : "Add --help to see all flags.",
      });
    }
  }
  return {
    positionals,
    text: (name) => texts.get(name)?.at(-1),
    list: (name) =>
      (texts.get(name) ?? [])
        .flatMap((value) => value.split(","))
        .map((word) => word.trim())
        .filter(Boolean),
    all: (name) => texts.get(name) ?? [],
    on: (name) => switches.get(name),
    names: new Set([...texts.keys(), ...switches.keys()]),
  };
}

const expandShort = (args: readonly string[]): string[] => args.map((word) => (word === "-h" ? "--help" : word));

/** Reads a flag whose value must be one of `choices`; the default is the first. */
export function readChoice<T extends string>(given: Arguments, name: string, choices: readonly [T, ...T[]]): T {
  const text = given.text(name) ?? choices[0];
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    throw new GlassboxError("option", `--${name} is ${text}`, { hint: `It must be one of: ${choices.join(", ")}.` });
  return found;
}
