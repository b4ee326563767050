import type { TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { parseDocument } from "yaml";

/** Two spaces a level, one space inside braces; comments, order and line ends stay. Text that is no YAML is left alone. */
export function formatting(document: TextDocument): readonly TextEdit[] {
  const text = document.getText();
  const parsed = parseDocument(text);
  if (parsed.errors.length) return [];
  const ends = text.includes("\r\n") ? "\r\n" : "\n";
  const formatted = parsed.toString({ lineWidth: 0, indent: 2, flowCollectionPadding: true }).replaceAll("\n", ends);
  if (formatted === text) return [];
  return [{ range: { start: { line: 0, character: 0 }, end: document.positionAt(text.length) }, newText: formatted }];
}
