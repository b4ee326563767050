import path from "node:path";
import * as vscode from "vscode";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { writeWhole } from "../../files/write-whole.ts";
import type { EngineClient } from "../../client/engine-client.ts";
import { copyText, saveAsExperiment, saveFile, type SaveParams } from "../../protocol/panel.ts";
import { saveExperiment } from "./save-experiment.ts";
import { answer } from "./answer.ts";

const nextTo = (model: vscode.Uri, name: string): vscode.Uri =>
  vscode.Uri.file(path.join(path.dirname(model.fsPath), path.basename(name)));

/** Asks where to save, next to the model at first. The path, or `null` if the dialog was closed. */
async function saveNextTo(model: vscode.Uri, { suggestedName, bytes }: SaveParams): Promise<string | null> {
  const target = await vscode.window.showSaveDialog({ defaultUri: nextTo(model, suggestedName) });
  if (target === undefined) return null;
  writeWhole(target.fsPath, bytes);
  return target.fsPath;
}

/** Handles the exports of a panel: files, its question as an experiment, and text on the clipboard. */
export function answerExports(connection: MessageConnection, engine: EngineClient, model: vscode.Uri): void {
  answer(connection, saveFile.method, (params: SaveParams) => saveNextTo(model, params));
  answer(
    connection,
    saveAsExperiment.method,
    ({ experiment, suggestedName }: { experiment: string; suggestedName: string }) =>
      saveExperiment(engine, experiment, nextTo(model, suggestedName)),
  );
  answer(connection, copyText.method, async ({ text }: { text: string }) => {
    await vscode.env.clipboard.writeText(text);
    return null;
  });
}
