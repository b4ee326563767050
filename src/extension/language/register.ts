import * as vscode from "vscode";
import type { ExplainServices } from "../explain/explain-panel.ts";
import { commandId } from "../manifest/commands.ts";
import { LanguageServer } from "./language-server.ts";
import { registerRun } from "./run-experiment.ts";

/** Experiment files and Python in the editor: the language server, and running what stands there. */
export function registerLanguage(context: vscode.ExtensionContext, services: () => ExplainServices): vscode.Disposable[] {
  const server = new LanguageServer(context, () => services().engine);
  return [
    ...server.watch(),
    ...registerRun(services, server),
    // What a lens or a hover names is a path: it comes from another process.
    vscode.commands.registerCommand(commandId("explainFile"), (file: string) => vscode.commands.executeCommand(commandId("explain"), vscode.Uri.file(file))),
    vscode.commands.registerCommand(commandId("openTextFile"), (file: string) => vscode.commands.executeCommand(commandId("openTextWorkbench"), vscode.Uri.file(file))),
  ];
}
