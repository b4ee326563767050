import type { CancellationToken, Hover, Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { restingMs, type EngineFacts } from "../engine-facts.ts";
import { modelWords, siteWords } from "../words.ts";
import { mentionsIn } from "./mentions.ts";
import { modelsNamed, mostModels, resolveLayer, resolveModel } from "./resolve.ts";

/** A model file's facts and a layer's shape, with a link to explain; nothing where it is not sure. */
export async function pythonHover(document: TextDocument, position: Position, folders: readonly string[], facts: EngineFacts, inWorkspace: () => Promise<readonly string[]>, token: CancellationToken): Promise<Hover | null> {
  const line = document.getText({ start: { line: position.line, character: 0 }, end: { line: position.line + 1, character: 0 } }).replace(/\r?\n$/, "");
  const mention = mentionsIn(line).find(({ start, end }) => start <= position.character && position.character <= end);
  if (mention === undefined) return null;
  const range = { start: { line: position.line, character: mention.start }, end: { line: position.line, character: mention.end } };
  const hover = (words: string, model: string): Hover => ({ contents: { kind: "markdown", value: `${words}\n\n${explainLink(model)}` }, range });
  if (mention.kind === "file") {
    const file = resolveModel(mention.name, document, folders);
    const model = file && (await facts.model(file, token, restingMs));
    return file && model ? hover(modelWords(model), file) : null;
  }
  const named = modelsNamed(document, folders);
  const around = named.length ? named : await inWorkspace();
  const found = around.length > mostModels ? undefined : await resolveLayer(mention.name, around, facts, token);
  return found ? hover(siteWords(found.site, found.model), found.model.path) : null;
}

/** A command link: the client trusts hovers with this one command only. */
const explainLink = (file: string): string => `[Explain a prediction](command:glassbox.explainFile?${encodeURIComponent(JSON.stringify([file]))})`;
