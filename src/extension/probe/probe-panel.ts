import fs from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { copyText, saveFile, type SaveParams } from "../../protocol/explain-panel.ts";
import { greetProbe, pickDataFile, pickDataFolder, probeShown } from "../../protocol/probe-panel.ts";
import { answerSaving } from "../experiment/save-experiment.ts";
import { answer, failing } from "../webview/answer.ts";
import { renderPage } from "../webview/page.ts";
import { connectWebview } from "../webview/webview-connection.ts";

export interface ProbeServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
}

/** The model of the panel opened last: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_PROBED_MODEL = "lastProbedModel";

/** Answers one panel: its own requests here, every other one by the engine. */
export function serveProbePanel(panel: vscode.WebviewPanel, model: vscode.Uri, { context, engine }: ProbeServices, intent?: unknown): void {
  const { webview } = panel;
  const name = path.basename(model.fsPath);
  webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
  panel.title = `Probes · ${name}`;
  void context.workspaceState.update(LAST_PROBED_MODEL, model.fsPath);

  const connection = connectWebview(panel);
  answer(connection, greetProbe.method, () => ({ model: model.fsPath, modelName: name, intent }));
  connection.onNotification(probeShown, ({ label }) => void (panel.title = `${label} · ${name}`));
  const pick = async (options: vscode.OpenDialogOptions): Promise<string | null> => (await vscode.window.showOpenDialog(options))?.[0]?.fsPath ?? null;
  answer(connection, pickDataFolder.method, () => pick({ title: "Choose a folder with a subfolder of pictures for each class", canSelectFolders: true, canSelectFiles: false }));
  answer(connection, pickDataFile.method, () => pick({ title: "Choose labelled data", filters: { "Tables and arrays": ["csv", "tsv", "npz"] } }));
  answer(connection, saveFile.method, async ({ suggestedName, bytes }: SaveParams) => {
    const beside = vscode.Uri.file(path.join(path.dirname(model.fsPath), path.basename(suggestedName)));
    const target = await vscode.window.showSaveDialog({ defaultUri: beside });
    if (target === undefined) return null;
    await fs.writeFile(target.fsPath, bytes);
    return target.fsPath;
  });
  answerSaving(connection, engine, model);
  answer(connection, copyText.method, async ({ text }: { text: string }) => {
    await vscode.env.clipboard.writeText(text);
    return null;
  });
  connection.onRequest(async (method, params, token) =>
    failing(() => (namesJob(params) ? engine.forwardJob(method, params, (kind, event) => void connection.sendNotification(kind, event), token) : engine.forward(method, params, token))),
  );

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "probe", `Glassbox: probes of ${name}`);
}

const namesJob = (params: unknown): params is { readonly job: string } => typeof params === "object" && params !== null && "job" in params && typeof params.job === "string";
