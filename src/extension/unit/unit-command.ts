import * as vscode from "vscode";
import { chooseModel } from "../explain/model-choice.ts";
import { COMMANDS } from "../manifest/commands.ts";
import { PANELS } from "../manifest/panels.ts";
import type { Surface } from "../surface.ts";
import { LAST_UNIT_MODEL, serveUnitPanel, type UnitServices } from "./unit-panel.ts";

/** A unit by its site and channel, or its layer, as the explain panel's list of layers names it. */
export interface AskedUnit {
  readonly model: string;
  readonly site: string;
  readonly channel?: number;
  readonly view?: "unit" | "layer";
}

const isAsked = (value: unknown): value is AskedUnit =>
  typeof value === "object" &&
  value !== null &&
  "model" in value &&
  "site" in value &&
  typeof value.model === "string" &&
  typeof value.site === "string";

/** *Glassbox: What Does This Unit Look For?*, and its panels after a reload. */
export function unitSurface(services: UnitServices) {
  const open = (model: vscode.Uri, asked: Partial<AskedUnit>): void => {
    const panel = vscode.window.createWebviewPanel(PANELS.unit, "Glassbox", vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    serveUnitPanel(panel, { model, site: asked.site, channel: asked.channel, view: asked.view }, services);
  };
  return {
    commands: {
      visualizeUnit: async (clicked?: vscode.Uri | AskedUnit) => {
        if (isAsked(clicked)) return open(vscode.Uri.file(clicked.model), clicked);
        const { category, title } = COMMANDS.visualizeUnit;
        const subject = await chooseModel(clicked, [], `${category}: ${title}`);
        if (subject) open(subject.model, {});
      },
    },
    panels: {
      unit: async (panel, state: { readonly model?: unknown } | undefined) => {
        const model =
          typeof state?.model === "string" ? state.model : services.context.workspaceState.get<string>(LAST_UNIT_MODEL);
        if (model === undefined) return panel.dispose();
        serveUnitPanel(
          panel,
          { model: vscode.Uri.file(model), site: undefined, channel: undefined, view: undefined },
          services,
        );
      },
    },
  } satisfies Surface;
}
