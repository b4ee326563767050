import {
  CompletionItemKind,
  type CancellationToken,
  type CompletionItem,
  type CompletionList,
  type Position,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { EngineFacts } from "../engine-facts.ts";
import { sitesOf } from "../known-model.ts";
import { lineAt } from "./line-at.ts";
import { openQuote, withoutComment } from "./quotes.ts";
import { modelsNamed } from "./resolve.ts";

/**
 * Sites of the models that this code names, in a string that is an index (`cache["…"]`) or that begins like a site's
 * name.
 */
export async function pythonCompletion(
  document: TextDocument,
  { line, character }: Position,
  folders: readonly string[],
  facts: EngineFacts,
  token: CancellationToken,
): Promise<CompletionList | null> {
  const text = lineAt(document, line);
  const before = text.slice(0, character);
  const quote = openQuote(before);
  if (quote === undefined || withoutComment(before) !== before) return null;
  const written = text.slice(quote + 1, character);
  const picks = /[\w\])]\[$/.test(text.slice(0, quote));
  if (!/^[\w.#]*$/.test(written) || !(picks || written.includes("."))) return null;
  const models = await Promise.all(modelsNamed(document, folders).map((file) => facts.known(file, token)));
  const end = character + /^[\w.#]*/.exec(text.slice(character))![0].length;
  const range = { start: { line, character: quote + 1 }, end: { line, character: end } };
  const sites = models
    .flatMap((known) => (known ? sitesOf(known) : []))
    .filter(({ name }) => picks || name.startsWith(written));
  const items = sites.map(({ name, shape }, i): CompletionItem => ({
    label: name,
    kind: CompletionItemKind.Field,
    detail: shape,
    sortText: String(i).padStart(5, "0"),
    textEdit: { range, newText: name },
  }));
  // Incomplete, so that the editor asks again with the next key, when the model may be open.
  const isIncomplete = models.includes(undefined);
  return items.length || isIncomplete ? { isIncomplete, items } : null;
}
