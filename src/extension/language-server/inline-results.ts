import * as vscode from "vscode";
import type { ClaimOutcome, Range, TaskOutcome } from "../../protocol/experiment.ts";
import type { ShownData } from "../../protocol/answer-data.ts";

const colours = {
  done: "descriptionForeground",
  holds: "testing.iconPassed",
  fails: "testing.iconFailed",
  unknown: "editorWarning.foreground",
} as const;
type State = keyof typeof colours;

/** Results of a run at the ends of lines. They stay until the text changes or runs again. */
export class InlineResults implements vscode.Disposable {
  readonly #types = new Map<State, vscode.TextEditorDecorationType>();
  readonly #shown = new Map<
    string,
    Map<number, { readonly state: State; readonly text: string; readonly about: string }>
  >();
  readonly #subscriptions: vscode.Disposable[];

  constructor() {
    for (const state of Object.keys(colours) as State[]) {
      this.#types.set(
        state,
        vscode.window.createTextEditorDecorationType({
          after: { margin: "0 0 0 3ch", color: new vscode.ThemeColor(colours[state]) },
          rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
        }),
      );
    }
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.#drawAll()),
      vscode.workspace.onDidChangeTextDocument(
        ({ document, contentChanges }) => contentChanges.length && this.clear(document.uri),
      ),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)),
    ];
  }

  clear(uri: vscode.Uri): void {
    if (this.#shown.delete(uri.toString())) this.#drawAll();
  }

  /** `about` is what the hover over it says. */
  show(uri: vscode.Uri, { start }: Range, state: State, text: string, about = ""): void {
    const lines = this.#shown.get(uri.toString()) ?? new Map<number, { state: State; text: string; about: string }>();
    lines.set(start.line, { state, text, about });
    this.#shown.set(uri.toString(), lines);
    this.#drawAll();
  }

  dispose(): void {
    for (const each of [...this.#types.values(), ...this.#subscriptions]) each.dispose();
  }

  #drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const lines = [...(this.#shown.get(editor.document.uri.toString()) ?? [])].filter(
        ([line]) => line < editor.document.lineCount,
      );
      for (const [state, type] of this.#types) {
        editor.setDecorations(
          type,
          lines
            .filter(([, shown]) => shown.state === state)
            .map(([line, { text, about }]) => {
              const { end } = editor.document.lineAt(line).range;
              return {
                range: new vscode.Range(end, end),
                renderOptions: { after: { contentText: text } },
                ...(about && { hoverMessage: new vscode.MarkdownString().appendText(about) }),
              };
            }),
        );
      }
    }
  }
}

/** One task in a few words: what it found, or the checks of its certificate. */
export function taskWords({ result, failure, headline }: TaskOutcome<ShownData>): string {
  if (failure) return `✕ ${failure.what}`;
  if (headline !== undefined) return headline;
  const checks = (result?.certificate ?? []).filter(({ id }) => id !== "target");
  return (
    checks
      .map(({ status, label, value }) =>
        `${status === "pass" ? "✓ " : status === "fail" ? "✕ " : status === "warn" ? "△ " : ""}${label} ${value}`.trim(),
      )
      .join(", ") || "done"
  );
}

const signs = { holds: "✓", fails: "✕", unknown: "△" } as const;

export const claimWords = ({ status, found, expected }: ClaimOutcome): string =>
  status === "holds" ? `${signs[status]} ${found}` : `${signs[status]} ${found}, expected ${expected}`;
