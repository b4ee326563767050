import type { EditSpec, Prompt, TokenRef } from "./language-model.ts";
import { GlassboxError } from "../tensor/errors.ts";

/** The text form of tokens, lists and edits, in experiment files and in the terminal. */

/** A token's text, or `#` and its id. */
export const readToken = (text: string): TokenRef => (/^#\d+$/.test(text) ? Number(text.slice(1)) : text);

export const tokenText = (token: TokenRef): string => (typeof token === "number" ? `#${token}` : token);

/** Token ids, separated by spaces or commas. */
export function readIds(text: string): Prompt {
  const ids = text
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (ids.every((id) => Number.isInteger(id) && id >= 0)) return { ids };
  throw new GlassboxError("option", `"${text}" is not a list of token ids`, {
    hint: "Write numbers separated by spaces.",
  });
}

/** Whole numbers, separated by commas. */
export function readWholeNumbers(name: string, text: string): readonly number[] | undefined {
  if (text.trim() === "") return undefined;
  const values = text.split(",").map(Number);
  if (values.every(Number.isInteger)) return values;
  throw new GlassboxError("option", `${name} is ${text}`, { hint: "Write whole numbers separated by commas." });
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
  if (!Array.isArray(edits) || !edits.every(isEdit))
    throw new GlassboxError("option", "the edits contain an entry that is not an edit", { hint });
  return edits;
}

const fields: Readonly<Record<EditSpec["kind"], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  scale: { factor: Number.isFinite },
  mean: { over: (value) => Array.isArray(value) && value.length > 0 && value.every(isPrompt) },
  steer: { toward: isPrompt, from: isPrompt, strength: Number.isFinite },
};

function isEdit(edit: unknown): edit is EditSpec {
  if (
    typeof edit !== "object" ||
    edit === null ||
    !("kind" in edit) ||
    !("site" in edit) ||
    typeof edit.site !== "string"
  )
    return false;
  const needed = Object.entries(
    Object.hasOwn(fields, String(edit.kind)) ? fields[edit.kind as EditSpec["kind"]] : { kind: () => false },
  );
  return needed.every(([name, holds]) => holds((edit as Readonly<Record<string, unknown>>)[name]));
}

function isPrompt(value: unknown): value is Prompt {
  return (
    typeof value === "object" &&
    value !== null &&
    (("text" in value && typeof value.text === "string") || ("ids" in value && Array.isArray(value.ids)))
  );
}

/** `blocks.5:20` as an objective; `undefined` if it names no unit. */
export function unitObjective(unit: string): string | undefined {
  const match = /^(.+):(\d+)$/s.exec(unit);
  return match ? `channel(${JSON.stringify(match[1])}, ${match[2]})` : undefined;
}
