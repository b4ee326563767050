import type * as vscode from "vscode";
import type { ExperimentEvent } from "../../protocol/experiment.ts";
import type { PanelHost } from "./host.ts";
import { panelOf } from "./planned.ts";

/** Next to an experiment that runs: the panel that asks the same, of the first input. One for each file, and it stays while the question does. */
export class ExperimentPanels {
  readonly #host: PanelHost;
  readonly #open = new Map<string, { readonly question: string; readonly panel: vscode.WebviewPanel }>();

  constructor(host: PanelHost) {
    this.#host = host;
  }

  show(file: string, planned: Extract<ExperimentEvent, { readonly kind: "planned" }>): void {
    const wanted = panelOf(planned);
    if (wanted === undefined) return;
    const { row, intent } = wanted;
    const model = planned.model.path;
    const question = JSON.stringify([row.name, model, intent]);
    const before = this.#open.get(file);
    if (before?.question === question) return;
    before?.panel.dispose();
    const panel = this.#host.open(row.name, model, intent, { ...row, beside: true });
    this.#open.set(file, { question, panel });
    panel.onDidDispose(() => this.#open.get(file)?.panel === panel && this.#open.delete(file));
  }
}
