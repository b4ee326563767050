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
    if (!(CODE_LANGUAGES as readonly string[]).includes(languageId)) return;
    const models = await vscode.workspace.findFiles(MODEL_PATTERN, "**/{node_modules,.git,.venv}/**", 1);
    if (models.length) say();
  };
  for (const document of vscode.workspace.textDocuments) void consider(document);
  return [vscode.workspace.onDidOpenTextDocument((document) => void consider(document))];
}
