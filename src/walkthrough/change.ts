import { isMap, isSeq, parseDocument } from "yaml";
import type { OptionValue } from "../protocol/result.ts";
import { GlassboxError } from "../tensor/errors.ts";

/** An experiment's text with options of its analyses changed: `ig.baseline` to `white`. */
export function withChanges(text: string, changes: Readonly<Record<string, OptionValue>>): string {
  if (Object.keys(changes).length === 0) return text;
  const document = parseDocument(text);
  const analyses = document.get("analyses");
  for (const [name, value] of Object.entries(changes)) {
    const at = name.indexOf(".");
    const [id, option] = [name.slice(0, at), name.slice(at + 1)];
    const index = isSeq(analyses)
      ? analyses.items.findIndex((item) => isMap(item) && (item.get("id") ?? item.get("method")) === id)
      : -1;
    if (index < 0)
      throw new GlassboxError("option", `the option ${name} is of no analysis here`, {
        hint: "Write analysis.option, for example ig.baseline.",
      });
    document.setIn(["analyses", index, "options", option], value);
  }
  return document.toString();
}
