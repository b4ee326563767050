import * as vscode from "vscode";
import { PANELS } from "../manifest/panels.ts";
import type { Surface } from "../surface.ts";
import { chooseCheckpoint } from "./checkpoint-choice.ts";
import { LAST_TEXT_MODEL, serveTextPanel, type TextServices } from "./text-panel.ts";

/** *Glassbox: Open in the Text Workbench*, and its panels after a reload. */
export function textSurface(services: TextServices) {
  return {
    commands: {
      openTextWorkbench: async (clicked?: vscode.Uri) => {
        const model = await chooseCheckpoint(clicked);
        if (model === undefined) return;
        const panel = vscode.window.createWebviewPanel(PANELS.text, "Glassbox", vscode.ViewColumn.Active, {
          enableScripts: true,
        });
        serveTextPanel(panel, model, services);
      },
    },
    panels: {
      text: async (panel, state: { readonly model?: unknown } | undefined) => {
        const model =
          typeof state?.model === "string" ? state.model : services.context.workspaceState.get<string>(LAST_TEXT_MODEL);
        if (model === undefined) return panel.dispose();
        serveTextPanel(panel, vscode.Uri.file(model), services);
      },
    },
  } satisfies Surface;
}
