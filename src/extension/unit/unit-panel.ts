import fs from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { copyText, greetUnit, pickFolder, saveFile, unitShown, type UnitGreeting } from "../../protocol/unit-panel.ts";
import { answerSaving } from "../experiment/save-experiment.ts";
import { answer, failing } from "../webview/answer.ts";
import { renderPage } from "../webview/page.ts";
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
  webview.html = renderPage(webview, context.extensionUri, "unit", `Glassbox: ${name}`);
}

const namesJob = (params: unknown): params is { readonly job: string } =>
  typeof params === "object" && params !== null && "job" in params && typeof params.job === "string";
