import type { TextDocument } from "vscode-languageserver-textdocument";

/** One line of a document, without its end. */
export const lineAt = (document: TextDocument, line: number): string =>
  document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).replace(/\r?\n$/, "");
