import * as vscode from "vscode";
import type { ExperimentEvent } from "../../protocol/experiment.ts";
import { serveExplainPanel, type ExplainServices } from "../explain/explain-panel.ts";
import { PANELS } from "../manifest/panels.ts";
import { serveProbePanel } from "../probe/probe-panel.ts";
import { serveTextPanel } from "../text/text-panel.ts";
import { serveUnitPanel } from "../unit/unit-panel.ts";
import { panelIntent, type PanelIntent } from "./panel-intent.ts";

type Serve = (
  panel: vscode.WebviewPanel,
  model: vscode.Uri,
  intent: PanelIntent["intent"],
  services: ExplainServices,
) => void;

const serve: Readonly<Record<PanelIntent["panel"], Serve>> = {
  explain: (panel, model, intent, services) =>
    serveExplainPanel(panel, { model, picture: intent["picture"] as string, intent }, services),
  probe: (panel, model, intent, services) => serveProbePanel(panel, model, services, intent),
  unit: (panel, model, intent, services) =>
    serveUnitPanel(panel, { model, site: undefined, channel: undefined, view: undefined, intent }, services),
  text: (panel, model, intent, services) => serveTextPanel(panel, model, services, intent),
};

/** Beside an experiment that runs: the panel that asks the same, of the first input. One for each file, and it stays while the question does. */
export class ExperimentPanels {
  readonly #services: ExplainServices;
  readonly #open = new Map<string, { readonly question: string; readonly panel: vscode.WebviewPanel }>();

  constructor(services: ExplainServices) {
    this.#services = services;
  }

  show(file: string, planned: Extract<ExperimentEvent, { readonly kind: "planned" }>): void {
    const wanted = panelIntent(planned);
    const question = JSON.stringify(wanted);
    const before = this.#open.get(file);
    if (wanted === undefined || before?.question === question) return;
    before?.panel.dispose();
    const panel = vscode.window.createWebviewPanel(
      PANELS[wanted.panel],
      "Glassbox",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true },
    );
    this.#open.set(file, { question, panel });
    panel.onDidDispose(() => this.#open.get(file)?.panel === panel && this.#open.delete(file));
    serve[wanted.panel](panel, vscode.Uri.file(wanted.intent.model), wanted.intent, this.#services);
  }
}
