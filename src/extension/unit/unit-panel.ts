import path from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { greetUnit, pickFolder, unitShown, type UnitGreeting } from "../../protocol/unit-panel.ts";
import { answer } from "../webview/answer.ts";
import { answerExports } from "../webview/exports.ts";
import { renderPage } from "../webview/page.ts";
import { passOn } from "../webview/pass-on.ts";
import { connectWebview } from "../webview/webview-connection.ts";

export interface UnitServices {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
}

/** The model of the panel opened last: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_UNIT_MODEL = "lastUnitModel";

interface Subject {
  readonly model: vscode.Uri;
  readonly site: string | undefined;
  readonly channel: number | undefined;
  readonly view: "unit" | "layer" | undefined;
  readonly intent?: unknown;
}

/** Answers one panel: its own requests here, every other one by the engine. */
export function serveUnitPanel(
  panel: vscode.WebviewPanel,
  { model, site, channel, view, intent }: Subject,
  { context, engine }: UnitServices,
): void {
  const { webview } = panel;
  const name = path.basename(model.fsPath);
  const lastUnit = `lastUnit:${model.fsPath}`;
  webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
  panel.title = name;
  void context.workspaceState.update(LAST_UNIT_MODEL, model.fsPath);

  const connection = connectWebview(panel);
  answer(connection, greetUnit.method, (): UnitGreeting => {
    const last = context.workspaceState.get<{ site: string; channel: number }>(lastUnit);
    return {
      model: model.fsPath,
      modelName: name,
      intent,
      site: site ?? last?.site,
      channel: site === undefined ? last?.channel : channel,
      view,
    };
  });
  connection.onNotification(unitShown, (unit) => {
    panel.title = `${unit.site}:${unit.channel} · ${name}`;
    void context.workspaceState.update(lastUnit, unit);
  });
  answer(connection, pickFolder.method, async () => {
    const [folder] =
      (await vscode.window.showOpenDialog({
        title: "Choose a folder of pictures",
        canSelectFolders: true,
        canSelectFiles: false,
      })) ?? [];
    return folder?.fsPath ?? null;
  });
  answerExports(connection, engine, model);
  passOn(connection, engine);

  connection.listen();
  webview.html = renderPage(webview, context.extensionUri, "unit", `Glassbox: ${name}`);
}
