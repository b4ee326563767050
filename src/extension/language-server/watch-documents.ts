import * as vscode from "vscode";
import { CODE_LANGUAGES, EXPERIMENT_LANGUAGE, MODEL_PATTERN } from "../manifest/languages.ts";

/** Says once that a document needs the language server: an experiment, or code in a workspace that has models. Those open already count. */
export function watchDocuments(needed: () => void): vscode.Disposable[] {
  let said = false;
  const say = (): void => {
    if (!said) needed();
    said = true;
  };
  const consider = async ({ languageId }: vscode.TextDocument): Promise<void> => {
    if (said) return;
    if (languageId === EXPERIMENT_LANGUAGE) return say();
    // In Restricted Mode nothing is said about code, so nothing is searched for.
    if (!vscode.workspace.isTrusted || !(CODE_LANGUAGES as readonly string[]).includes(languageId)) return;
    const models = await vscode.workspace.findFiles(MODEL_PATTERN, "**/{node_modules,.git,.venv}/**", 1);
    if (models.length) say();
  };
  const considerAll = (): void => {
    for (const document of vscode.workspace.textDocuments) void consider(document);
  };
  considerAll();
  return [
    vscode.workspace.onDidOpenTextDocument((document) => void consider(document)),
    vscode.workspace.onDidGrantWorkspaceTrust(considerAll),
  ];
}
