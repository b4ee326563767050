import type { PanelName as ModelPanel } from "../../protocol/panel.ts";
import type { CommandName } from "./commands.ts";

/** The view types of the panels that VS Code restores after a reload: each wakes the extension by its name. */
export const PANELS = {
  inspect: "glassbox.inspect",
  explain: "glassbox.explain",
  probe: "glassbox.probe",
  text: "glassbox.text",
  walkthrough: "glassbox.walkthrough",
  unit: "glassbox.unit",
  ask: "glassbox.ask",
} as const satisfies Record<ModelPanel | "walkthrough", string>;

export type PanelName = keyof typeof PANELS;

/** The commands that open the panels of a model. */
export const PANEL_COMMANDS = {
  inspect: "inspectModel",
  explain: "explain",
  probe: "probeLayers",
  text: "openTextWorkbench",
  unit: "visualizeUnit",
  ask: "askAnalysis",
} as const satisfies Record<ModelPanel, CommandName>;

export type PanelCommand = (typeof PANEL_COMMANDS)[ModelPanel];
