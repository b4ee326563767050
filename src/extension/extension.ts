import * as vscode from "vscode";
import { commandId } from "./manifest/commands.ts";

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(commandId("explain"), (model?: vscode.Uri) => {
      const name = model ? vscode.workspace.asRelativePath(model) : "no file";
      return vscode.window.showInformationMessage(`Glassbox was asked to explain ${name}.`);
    }),
  );
}
