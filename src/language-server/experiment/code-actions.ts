import { CodeActionKind, type CodeAction, type Diagnostic } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Cure } from "./diagnostics.ts";

/** A quick fix for each probable correction; the most likely is preferred. */
export function codeActions(document: TextDocument, diagnostics: readonly Diagnostic[]): readonly CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    const cure = diagnostic.data as Cure | undefined;
    return (cure?.instead ?? []).map((text, i): CodeAction => ({
      title: `Change to ${text}`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: i === 0,
      edit: {
        changes: {
          [document.uri]: [{ range: diagnostic.range, newText: quoted(text, document.getText(diagnostic.range)) }],
        },
      },
    }));
  });
}

/** Keeps the quotes that the text had, and adds them where YAML would read something else. */
function quoted(text: string, before: string): string {
  const quote = /^["']/.exec(before)?.[0];
  if (quote) return `${quote}${text}${quote}`;
  return /^[\s>|*&!%@`"'#{[,\]}?-]|: |\s#|:$/.test(text) && !/^-?\d/.test(text) ? JSON.stringify(text) : text;
}
