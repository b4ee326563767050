import path from "node:path";
import * as vscode from "vscode";
import { cacheFolder } from "../../client/cache-folder.ts";
import { EngineClient } from "../../client/engine-client.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import { settingId } from "../manifest/settings.ts";

/** The engine of this window. The first question starts it; changed settings restart it. */
export function createEngine(context: vscode.ExtensionContext): {
  readonly engine: EngineClient;
  readonly log: vscode.LogOutputChannel;
} {
  const log = vscode.window.createOutputChannel("Glassbox", { log: true });
  const entry = path.join(context.extensionPath, "dist", "engine.mjs");
  const engine = new EngineClient(readSettings, (line) => log.warn(line.trimEnd()), entry);
  context.subscriptions.push(
    log,
    { dispose: () => engine.stop() },
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("glassbox")) engine.stop();
    }),
  );
  return { engine, log };
}

function readSettings(): EngineSettings {
  const configuration = vscode.workspace.getConfiguration();
  return {
    cacheFolder: cacheFolder(),
    memoryBudgetBytes: configuration.get<number>(settingId("memoryBudget"), 2) * 2 ** 30,
    runtime: configuration.get<EngineSettings["runtime"]>(settingId("runtime"), "onnxruntime"),
    weights: configuration.get<EngineSettings["weights"]>(settingId("weights"), "auto"),
    provider: configuration.get<EngineSettings["provider"]>(settingId("executionProvider"), "cpu"),
  };
}
