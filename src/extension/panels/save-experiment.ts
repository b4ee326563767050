import path from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "../../client/engine-client.ts";
import { rebaseExperiment } from "../../protocol/experiment.ts";

/**
 * Writes a panel's question where the person says, with paths relative to there, and opens it to the side. Panels pass
 * the `experiment` of the result's code. Returns the file, or `null` if the dialog was closed.
 */
export async function saveExperiment(
  engine: EngineClient,
  experiment: string,
  suggested: vscode.Uri,
): Promise<string | null> {
  // No filters: dialogs put an ending of two parts behind the one that is there.
  const target = await vscode.window.showSaveDialog({ defaultUri: suggested, title: "Save as Experiment" });
  if (target === undefined) return null;
  const text = await engine.request(rebaseExperiment, { text: experiment, folder: path.dirname(target.fsPath) });
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(target, { viewColumn: vscode.ViewColumn.Beside, preview: false });
  return target.fsPath;
}
