import * as vscode from "vscode";
import { chooseModel } from "../explain/model-choice.ts";
import { commandId } from "../manifest/commands.ts";
import { PANELS } from "../manifest/panels.ts";
import { LAST_PROBED_MODEL, serveProbePanel, type ProbeServices } from "./probe-panel.ts";

/** Registers *Glassbox: Probe Layers* and brings its panels back after a reload. */
export function registerProbe(services: () => ProbeServices): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand(commandId("probeLayers"), async (clicked?: vscode.Uri) => {
      const subject = await chooseModel(clicked, [], "Glassbox: Probe Layers");
      if (subject === undefined) return;
      const panel = vscode.window.createWebviewPanel(PANELS.probe, "Glassbox", vscode.ViewColumn.Active, { enableScripts: true });
      serveProbePanel(panel, subject.model, services());
    }),
    vscode.window.registerWebviewPanelSerializer(PANELS.probe, {
      deserializeWebviewPanel: async (panel, state: { readonly model?: unknown } | undefined) => {
        const model = typeof state?.model === "string" ? state.model : services().context.workspaceState.get<string>(LAST_PROBED_MODEL);
        if (model === undefined) return panel.dispose();
        serveProbePanel(panel, vscode.Uri.file(model), services());
      },
    }),
  ];
}
