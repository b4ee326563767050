import type { CancellationToken, Hover, Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { hoverWaitMs, type EngineFacts } from "../engine-facts.ts";
import { wordsOf } from "../known-model.ts";
import { siteHover, unitHover } from "../site-hover.ts";
import { explainLink, languageSiteWords, workbenchLink } from "../words.ts";
import { importedNames } from "./imports.ts";
import { lineAt } from "./line-at.ts";
import { mentionsIn } from "./mentions.ts";
import { modelsNamed, maxModels, resolveLayer, resolveModel } from "./resolve.ts";

/**
 * A model file's facts, a layer's shape and statistics, a unit's picture, each with a link to open it; nothing if it is
 * ambiguous.
 */
export async function pythonHover(
  document: TextDocument,
  position: Position,
  folders: readonly string[],
  facts: EngineFacts,
  inWorkspace: () => Promise<readonly string[]>,
  token: CancellationToken,
): Promise<Hover | null> {
  const mention = mentionsIn(lineAt(document, position.line)).find(
    ({ start, end }) => start <= position.character && position.character <= end,
  );
  if (mention === undefined) return null;
  const range = {
    start: { line: position.line, character: mention.start },
    end: { line: position.line, character: mention.end },
  };
  const hover = (words: string): Hover => ({ contents: { kind: "markdown", value: words }, range });
  if (mention.kind === "file") {
    const file = resolveModel(mention.name, document, folders);
    const known = file && (await facts.known(file, token, hoverWaitMs));
    if (!file || !known) return null;
    return hover(`${wordsOf(known)}\n\n${known.kind === "text" ? workbenchLink(file) : explainLink(file)}`);
  }
  if (mention.root !== undefined && importedNames(document.getText()).has(mention.root)) return null;
  const named = modelsNamed(document, folders);
  const around = named.length ? named : await inWorkspace();
  const found = around.length > maxModels ? undefined : await resolveLayer(mention.name, around, facts, token);
  if (found === undefined) return null;
  if (found.kind === "text")
    return hover(`${languageSiteWords(found.site, found.model)}\n\n${workbenchLink(found.model.path)}`);
  const words =
    mention.index !== undefined && mention.index < (found.site.channels ?? 0)
      ? await unitHover(found.model, found.site, mention.index, facts, token)
      : await siteHover(found.model, found.site, facts, token);
  return hover(`${words}\n\n${explainLink(found.model.path)}`);
}
