import path from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { greetProbe, pickDataFile, pickDataFolder, probeShown } from "../../protocol/probe-panel.ts";
import { answer } from "../webview/answer.ts";
import { answerExports } from "../webview/exports.ts";
import { renderPage } from "../webview/page.ts";
import { passOn } from "../webview/pass-on.ts";
import { connectWebview } from "../webview/webview-connection.ts";

export interface ProbeServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
}

/** The model of the panel opened last: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_PROBED_MODEL = "lastProbedModel";

/** Answers one panel: its own requests here, every other one by the engine. */
export function serveProbePanel(
  panel: vscode.WebviewPanel,
  model: vscode.Uri,
  { context, engine }: ProbeServices,
  intent?: unknown,
): void {
  const { webview } = panel;
  const name = path.basename(model.fsPath);
  webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
  panel.title = `Probes · ${name}`;
  void context.workspaceState.update(LAST_PROBED_MODEL, model.fsPath);

  const connection = connectWebview(panel);
  answer(connection, greetProbe.method, () => ({ model: model.fsPath, modelName: name, intent }));
  connection.onNotification(probeShown, ({ label }) => void (panel.title = `${label} · ${name}`));
  const pick = async (options: vscode.OpenDialogOptions): Promise<string | null> =>
    (await vscode.window.showOpenDialog(options))?.[0]?.fsPath ?? null;
  answer(connection, pickDataFolder.method, () =>
    pick({
      title: "Choose a folder with a subfolder of pictures for each class",
      canSelectFolders: true,
      canSelectFiles: false,
    }),
  );
  answer(connection, pickDataFile.method, () =>
    pick({ title: "Choose labelled data", filters: { "Tables and arrays": ["csv", "tsv", "npz"] } }),
  );
  answerExports(connection, engine, model);
  passOn(connection, engine);

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "probe", `Glassbox: probes of ${name}`);
}
