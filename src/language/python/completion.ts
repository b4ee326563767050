import { CompletionItemKind, type CancellationToken, type CompletionItem, type CompletionList, type Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { EngineFacts, KnownModel } from "../engine-facts.ts";
import { languageShapeWords, shapeWords } from "../words.ts";
import { lineAt } from "./line-at.ts";
import { openQuote, withoutComment } from "./quotes.ts";
import { knownModel, modelsNamed } from "./resolve.ts";

/** Sites of the models that this code names, in a string that picks something (`cache["…"]`) or that has begun like a site's name. */
export async function pythonCompletion(document: TextDocument, { line, character }: Position, folders: readonly string[], facts: EngineFacts, token: CancellationToken): Promise<CompletionList | null> {
  const text = lineAt(document, line);
  const before = text.slice(0, character);
  const quote = openQuote(before);
  if (quote === undefined || withoutComment(before) !== before) return null;
  const written = text.slice(quote + 1, character);
  const picks = /[\w\])]\[$/.test(text.slice(0, quote));
  if (!/^[\w.#]*$/.test(written) || !(picks || written.includes("."))) return null;
  const models = await Promise.all(modelsNamed(document, folders).map((file) => knownModel(file, facts, token)));
  const end = character + /^[\w.#]*/.exec(text.slice(character))![0].length;
  const range = { start: { line, character: quote + 1 }, end: { line, character: end } };
  const items = models.flatMap((known) => (known ? sites(known) : [])).filter(({ label }) => picks || label.startsWith(written));
  return items.length ? { isIncomplete: false, items: items.map((item, i) => ({ ...item, sortText: String(i).padStart(5, "0"), textEdit: { range, newText: item.label } })) } : null;
}

const sites = (known: KnownModel): readonly CompletionItem[] =>
  known.kind === "text"
    ? known.model.sites.map((site) => ({ label: site.name, kind: CompletionItemKind.Field, detail: languageShapeWords(site) }))
    : known.model.sites.map((site) => ({ label: site.name, kind: CompletionItemKind.Field, detail: shapeWords(site) }));
