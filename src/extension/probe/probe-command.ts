import * as vscode from "vscode";
import { chooseModel } from "../explain/model-choice.ts";
import { PANELS } from "../manifest/panels.ts";
import type { Surface } from "../surface.ts";
import { LAST_PROBED_MODEL, serveProbePanel, type ProbeServices } from "./probe-panel.ts";

/** *Glassbox: Probe Layers*, and its panels after a reload. */
export function probeSurface(services: ProbeServices) {
  return {
    commands: {
      probeLayers: async (clicked?: vscode.Uri) => {
        const subject = await chooseModel(clicked, [], "Glassbox: Probe Layers");
        if (subject === undefined) return;
        const panel = vscode.window.createWebviewPanel(PANELS.probe, "Glassbox", vscode.ViewColumn.Active, {
          enableScripts: true,
        });
        serveProbePanel(panel, subject.model, services);
      },
    },
    panels: {
      probe: async (panel, state: { readonly model?: unknown } | undefined) => {
        const model =
          typeof state?.model === "string"
            ? state.model
            : services.context.workspaceState.get<string>(LAST_PROBED_MODEL);
        if (model === undefined) return panel.dispose();
        serveProbePanel(panel, vscode.Uri.file(model), services);
      },
    },
  } satisfies Surface;
}
