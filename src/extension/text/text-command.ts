import * as vscode from "vscode";
import { commandId } from "../manifest/commands.ts";
import { PANELS } from "../manifest/panels.ts";
import { chooseCheckpoint } from "./checkpoint-choice.ts";
import { LAST_TEXT_MODEL, serveTextPanel, type TextServices } from "./text-panel.ts";

/** Registers *Glassbox: Open in the Text Workbench* and brings its panels back after a reload. */
export function registerText(services: () => TextServices): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand(commandId("openTextWorkbench"), async (clicked?: vscode.Uri) => {
      const model = await chooseCheckpoint(clicked);
      if (model === undefined) return;
      const panel = vscode.window.createWebviewPanel(PANELS.text, "Glassbox", vscode.ViewColumn.Active, { enableScripts: true });
      serveTextPanel(panel, model, services());
    }),
    vscode.window.registerWebviewPanelSerializer(PANELS.text, {
      deserializeWebviewPanel: async (panel, state: { readonly model?: unknown } | undefined) => {
        const model = typeof state?.model === "string" ? state.model : services().context.workspaceState.get<string>(LAST_TEXT_MODEL);
        if (model === undefined) return panel.dispose();
        serveTextPanel(panel, vscode.Uri.file(model), services());
      },
    }),
  ];
}
