import type * as vscode from "vscode";
import { PANEL_COMMANDS } from "../manifest/panels.ts";
import type { Command, Restore } from "../surface.ts";
import { stepDone } from "../step-done.ts";
import type { PanelHost } from "./host.ts";
import { chooseModel } from "./model-choice.ts";
import type { Intent, PanelRow } from "./row.ts";

/** A model with what to show of it, as links and other panels name it. */
type Linked = Intent & { readonly model: string };

const isLinked = (given: unknown): given is Linked =>
  typeof given === "object" && given !== null && "model" in given && typeof given.model === "string";

/** A panel's command and its return after a reload. */
export function panelSurface(host: PanelHost, { name, models, selected, step }: PanelRow) {
  const command = PANEL_COMMANDS[name];
  const open: Command = async (clicked?: vscode.Uri | Linked, all?: readonly vscode.Uri[]) => {
    if (isLinked(clicked)) return void host.open(name, clicked.model, clicked);
    const chosen = await chooseModel(command, models, clicked, Array.isArray(all) ? all : []);
    if (chosen === undefined) return;
    host.open(name, chosen.model.fsPath, selected?.(chosen.others.map(({ fsPath }) => fsPath)));
    if (step) void stepDone(step);
  };
  const restore: Restore = async (panel, state) => host.restore(name, panel, state);
  return { command: [command, open], panel: [name, restore] } as const;
}
