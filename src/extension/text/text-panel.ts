import path from "node:path";
import type * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { openLanguage } from "../../protocol/language-model.ts";
import { greetText, promptShown } from "../../protocol/text-panel.ts";
import { answer } from "../webview/answer.ts";
import { answerExports } from "../webview/exports.ts";
import { renderPage } from "../webview/page.ts";
import { passOn } from "../webview/pass-on.ts";
import { connectWebview } from "../webview/webview-connection.ts";

export interface TextServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
}

/** The model of the workbench opened last: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_TEXT_MODEL = "lastTextModel";

/** Answers one workbench: its own requests here, every other one by the engine. */
export function serveTextPanel(
  panel: vscode.WebviewPanel,
  model: vscode.Uri,
  { context, engine }: TextServices,
  intent?: unknown,
): void {
  const { webview } = panel;
  const name = path.basename(model.fsPath);
  const lastPrompt = `lastPrompt:${model.fsPath}`;
  webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
  panel.title = name;
  void context.workspaceState.update(LAST_TEXT_MODEL, model.fsPath);

  // The engine begins while the webview still loads; a failure is told when the panel asks.
  engine.request(openLanguage, { model: model.fsPath }).catch(() => undefined);
  const connection = connectWebview(panel);
  answer(connection, greetText.method, () => ({
    model: model.fsPath,
    modelName: name,
    intent,
    prompt: context.workspaceState.get<string>(lastPrompt),
  }));
  connection.onNotification(promptShown, ({ prompt }) => void context.workspaceState.update(lastPrompt, prompt));
  answerExports(connection, engine, model);
  passOn(connection, engine);

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "text", `Glassbox: ${name}`);
}
