import fs from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { openLanguage } from "../../protocol/language.ts";
import { copyText, greetText, promptShown, saveFile } from "../../protocol/text-panel.ts";
import { answerSaving } from "../experiment/save-experiment.ts";
import { answer, failing } from "../webview/answer.ts";
import { renderPage } from "../webview/page.ts";
import { connectWebview } from "../webview/webview-connection.ts";

export interface TextServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
}

/** The model of the workbench opened last: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_TEXT_MODEL = "lastTextModel";

/** Answers one workbench: its own requests here, every other one by the engine. */
export function serveTextPanel(panel: vscode.WebviewPanel, model: vscode.Uri, { context, engine }: TextServices, intent?: unknown): void {
  const { webview } = panel;
  const name = path.basename(model.fsPath);
  const lastPrompt = `lastPrompt:${model.fsPath}`;
  webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
  panel.title = name;
  void context.workspaceState.update(LAST_TEXT_MODEL, model.fsPath);

  // The engine begins while the webview still loads; a failure is told when the panel asks.
  engine.request(openLanguage, { model: model.fsPath }).catch(() => undefined);
  const connection = connectWebview(panel);
  answer(connection, greetText.method, () => ({ model: model.fsPath, modelName: name, intent, prompt: context.workspaceState.get<string>(lastPrompt) }));
  connection.onNotification(promptShown, ({ prompt }) => void context.workspaceState.update(lastPrompt, prompt));
  answer(connection, saveFile.method, async ({ suggestedName, bytes }: { suggestedName: string; bytes: Uint8Array }) => {
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
    failing(() =>
      namesJob(params)
        ? engine.forwardJob(method, params, (kind, event) => void connection.sendNotification(kind, event), token)
        : engine.forward(method, params, token),
    ),
  );

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "text", `Glassbox: ${name}`);
}

const namesJob = (params: unknown): params is { readonly job: string } => typeof params === "object" && params !== null && "job" in params && typeof params.job === "string";
