import * as vscode from "vscode";
import { PANELS } from "../manifest/panels.ts";
import type { Surface } from "../surface.ts";
import { LAST_MODEL, serveExplainPanel, type ExplainServices } from "./explain-panel.ts";
import { chooseModel } from "./model-choice.ts";

/** *Glassbox: Explain a Prediction*, and its panels after a reload. */
export function explainSurface(services: ExplainServices) {
  return {
    commands: {
      explain: async (clicked?: vscode.Uri, selected?: readonly vscode.Uri[]) => {
        const subject = await chooseModel(clicked, Array.isArray(selected) ? selected : []);
        if (subject === undefined) return;
        const panel = vscode.window.createWebviewPanel(
          PANELS.explain,
          "Glassbox",
          { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
          { enableScripts: true },
        );
        serveExplainPanel(panel, { model: subject.model, picture: subject.picture?.fsPath }, services);
      },
    },
    panels: {
      // Reload within seconds of opening and VS Code has saved no state; then the model opened last is the one.
      explain: async (panel, state: { readonly model?: string; readonly picture?: string } | undefined) => {
        const model =
          typeof state?.model === "string" ? state.model : services.context.workspaceState.get<string>(LAST_MODEL);
        if (model === undefined) return panel.dispose();
        serveExplainPanel(panel, { model: vscode.Uri.file(model), picture: state?.picture, restored: true }, services);
      },
    },
  } satisfies Surface;
}
