import type { EditSpec, Prompt, Word } from "../protocol/language.ts";
import { GlassboxError } from "../tensor/errors.ts";

/** How words, lists and edits of prompts are written, in experiment files as in the terminal. */

/** A word's text, or `#` and its id. */
export const readWord = (text: string): Word => (/^#\d+$/.test(text) ? Number(text.slice(1)) : text);

export const wordText = (word: Word): string => (typeof word === "number" ? `#${word}` : word);

/** Words and prompts hold commas and begin with spaces, so that they are kept apart by `|`. */
export const readTexts = (text: string): readonly string[] => text.split("|").filter((each) => each !== "");

/** Token ids between spaces or commas. */
export function readIds(text: string): Prompt {
  const ids = text.trim().split(/[\s,]+/).map(Number);
  if (ids.every((id) => Number.isInteger(id) && id >= 0)) return { ids };
  throw new GlassboxError("option", `"${text}" is not a list of token ids`, { hint: "Write numbers between spaces." });
}

/** Whole numbers between commas. */
export function readPlaces(name: string, text: string): readonly number[] | undefined {
  if (text.trim() === "") return undefined;
  const values = text.split(",").map(Number);
  if (values.every(Number.isInteger)) return values;
  throw new GlassboxError("option", `${name} is ${text}`, { hint: "Write whole numbers between commas." });
}

export function readEdits(text: string): readonly EditSpec[] | undefined {
  if (text === "") return undefined;
  const hint = `Write a JSON array such as [{"kind":"scale","site":"blocks.3.attn.hook_z","head":2,"factor":0}].`;
  let edits: unknown;
  try {
    edits = JSON.parse(text);
  } catch {
    throw new GlassboxError("option", "the edits are not JSON", { hint });
  }
  if (!Array.isArray(edits) || !edits.every(isEdit)) throw new GlassboxError("option", "the edits hold what is no edit", { hint });
  return edits;
}

const isEdit = (edit: unknown): edit is EditSpec =>
  typeof edit === "object" && edit !== null && "kind" in edit && "site" in edit && typeof edit.site === "string" &&
  (edit.kind === "scale" ? "factor" in edit && typeof edit.factor === "number" : edit.kind === "steer" && "toward" in edit && "from" in edit && "strength" in edit && typeof edit.strength === "number");

/** `blocks.5:20` as an objective; `undefined` if it names no unit. */
export function unitObjective(unit: string): string | undefined {
  const match = /^(.+):(\d+)$/s.exec(unit);
  return match ? `channel(${JSON.stringify(match[1])}, ${match[2]})` : undefined;
}
