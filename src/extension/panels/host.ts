import path from "node:path";
import { CancellationTokenSource, type MessageConnection } from "vscode-jsonrpc/node";
import type * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { initializePanel, openPanel, shown, type PanelInit, type PanelName } from "../../protocol/panel.ts";
import { answer } from "./answer.ts";
import { PanelMemory } from "./memory.ts";
import { forwardRequests } from "./forward-requests.ts";
import type { Intent, PanelRow } from "./row.ts";
import { panelRow } from "./table.ts";
import { connectWebview } from "./webview-connection.ts";

/** A panel's model and intent, for the handlers of its requests. */
export interface Subject {
  readonly model: string;
  /** What it shows now. */
  readonly intent: () => Intent;
}

/** What the host needs from VS Code's window. */
export interface PanelWindow {
  /** A new, empty panel. */
  readonly create: (row: PanelRow) => vscode.WebviewPanel;
  /** Sets what its page may load from disk. It is called once, because changing a webview's options reloads it. */
  readonly allow: (panel: vscode.WebviewPanel, subject: Subject) => void;
  /** Dialogs, files, pictures, the clipboard and the log. */
  readonly answer: (connection: MessageConnection, panel: vscode.WebviewPanel, subject: Subject) => void;
  readonly render: (panel: vscode.WebviewPanel, row: PanelRow, title: string) => void;
  /** Whether the person trusts the workspace, and when that begins. */
  readonly isTrusted: () => boolean;
  readonly onTrusted: (listener: () => void) => { dispose(): unknown };
  /** Says in the panel that nothing was opened, and how to open the model. */
  readonly restrict: (panel: vscode.WebviewPanel, row: PanelRow, model: string) => void;
}

/** Opens the panels of models and answers them: their own requests here, every other one by the engine. */
export class PanelHost {
  readonly #window: PanelWindow;
  readonly #engine: EngineClient;
  readonly #memory: PanelMemory;

  constructor(window: PanelWindow, engine: EngineClient, workspaceState: vscode.Memento) {
    this.#window = window;
    this.#engine = engine;
    this.#memory = new PanelMemory(workspaceState);
  }

  /** A new panel. What the intent leaves open is what the last panel of this model was about. */
  open(name: PanelName, model: string, intent: Intent = {}, row = panelRow(name)): vscode.WebviewPanel {
    const panel = this.#window.create(row);
    this.#serve(panel, row, model, this.#beginning(row, model, intent));
    return panel;
  }

  /** Restores a panel after a reload, from the state that its page saved or from what was shown last. */
  restore(name: PanelName, panel: vscode.WebviewPanel, state: unknown): void {
    const row = panelRow(name);
    const saved = (state ?? {}) as Intent;
    const model = typeof saved["model"] === "string" ? saved["model"] : this.#memory.lastModel(name);
    if (model === undefined) return panel.dispose();
    this.#serveUnasked(
      panel,
      row,
      model,
      () => this.#memory.lastShown(name, model) ?? this.#beginning(row, model, saved),
    );
  }

  /** The same panel in an editor of a model file, which VS Code made. It shows what it showed last. */
  edit(name: PanelName, model: string, panel: vscode.WebviewPanel): void {
    const row = panelRow(name);
    this.#serveUnasked(panel, row, model, () => this.#memory.lastShown(name, model) ?? this.#beginning(row, model, {}));
  }

  #beginning(row: PanelRow, model: string, intent: Intent): Intent {
    return { ...this.#memory.carried(row, model), ...intent, version: 1, model };
  }

  /**
   * Serves a panel that VS Code opened, not a command: after a reload, or because a setting of the workspace makes it the editor
   * of model files. In Restricted Mode it waits until the person trusts the workspace.
   */
  #serveUnasked(panel: vscode.WebviewPanel, row: PanelRow, model: string, intent: () => Intent): void {
    if (this.#window.isTrusted()) return this.#serve(panel, row, model, intent());
    panel.title = row.title(path.basename(model));
    this.#window.restrict(panel, row, model);
    const waiting = this.#window.onTrusted(() => {
      waiting.dispose();
      this.#serve(panel, row, model, intent());
    });
    panel.onDidDispose(() => waiting.dispose());
  }

  #serve(panel: vscode.WebviewPanel, row: PanelRow, model: string, intent: Intent): void {
    const modelName = path.basename(model);
    let current = intent;
    const subject: Subject = { model, intent: () => current };
    this.#window.allow(panel, subject);
    panel.title = row.title(modelName);
    this.#memory.opened(row.name, model);

    const connection = connectWebview(panel);
    const closed = new CancellationTokenSource();
    panel.onDidDispose(() => closed.cancel());
    void row.begin?.(this.#engine, model, intent, closed.token).catch(() => undefined);
    answer(connection, initializePanel.method, async (): Promise<PanelInit> => ({
      model,
      modelName,
      intent: current,
      analyses: await this.#engine.analyses(),
    }));
    connection.onNotification(shown, ({ title, intent: now }) => {
      current = now as Intent;
      this.#memory.shown(row.name, model, now);
      if (title) panel.title = `${title} · ${modelName}`;
    });
    connection.onNotification(
      openPanel,
      ({ panel: other, intent: wanted }) => void this.open(other, model, wanted as Intent),
    );
    this.#window.answer(connection, panel, subject);
    forwardRequests(connection, this.#engine);
    connection.listen();
    this.#window.render(panel, row, `Glassbox: ${modelName}`);
  }
}
