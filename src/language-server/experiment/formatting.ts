import type { TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Reader } from "../reading/reader.ts";

/** One edit with the whole formatted text; none if nothing changes, or if the text changed meanwhile. */
export async function formatting(document: TextDocument, reader: Reader): Promise<readonly TextEdit[]> {
  const [text, { version }] = [document.getText(), document];
  const newText = await reader.format(text);
  if (newText === undefined || newText === text || document.version !== version) return [];
  return [{ range: { start: { line: 0, character: 0 }, end: document.positionAt(text.length) }, newText }];
}
