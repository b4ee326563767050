import type { EditSpec, Prompt, Word } from "../../protocol/language-model.ts";
import { readEdits as editsIn, readIds, readToken } from "../../protocol/prompt-text.ts";
import { readTexts as textsIn } from "../../protocol/written-lists.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { engineFlags, type Arguments, type FlagTable } from "../flags.ts";

/** What every command on prompts takes. */
export const promptFlags: FlagTable = {
  ids: { kind: "switch", description: "Prompts are token ids, e.g. '504 2427'." },
  bos: {
    kind: "switch",
    description: "Begin with the beginning-of-sequence token; --no-bos without. Default: as the tokenizer says.",
  },
  edits: {
    kind: "text",
    value: "<json>",
    description: `Changes of the run, e.g. '[{"kind":"scale","site":"blocks.3.attn.hook_z","head":2,"factor":0}]'.`,
  },
  json: { kind: "switch", description: "Print one JSON document instead of words." },
  out: {
    kind: "text",
    value: "<folder>",
    description: "Write the numbers as CSV and JSON, and a picture as PNG, into this folder.",
  },
  weights: {
    kind: "text",
    value: "<name>",
    description:
      "How weights are kept: auto (default: float32 where it fits into the memory), float32, or float16, in half the memory.",
  },
  ...engineFlags,
};

export const readPrompt = (given: Arguments, text: string): Prompt =>
  given.on("ids") ? readIds(text) : { text, addBos: given.on("bos") };

export function neededWord(given: Arguments, name: string): Word {
  const text = given.text(name);
  if (text === undefined)
    throw new GlassboxError("option", `--${name} is missing`, {
      hint: `Write for example --${name} ' Paris', with the space before the word.`,
    });
  return readToken(text);
}

export const readEdits = (given: Arguments): readonly EditSpec[] | undefined => editsIn(given.text("edits") ?? "");

export function readNumber(given: Arguments, name: string, fallback: number): number {
  const text = given.text(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new GlassboxError("option", `--${name} is ${text}`, { hint: "It must be a number." });
  return value;
}

export function readNumbers(given: Arguments, name: string): readonly number[] | undefined {
  const list = given.list(name);
  if (list.length === 0) return undefined;
  const values = list.map(Number);
  if (!values.every(Number.isInteger))
    throw new GlassboxError("option", `--${name} is ${list.join(",")}`, {
      hint: "Write whole numbers between commas.",
    });
  return values;
}

export function readChoice<T extends string>(given: Arguments, name: string, choices: readonly [T, ...T[]]): T {
  const text = given.text(name) ?? choices[0];
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    throw new GlassboxError("option", `--${name} is ${text}`, { hint: `It must be one of: ${choices.join(", ")}.` });
  return found;
}

export const readTexts = (given: Arguments, name: string): readonly string[] => textsIn(given.text(name) ?? "");
