import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { ResponseError } from "vscode-languageclient";
import { EngineFailure, type EngineClient } from "../../client/engine-client.ts";
import { askEngine, listModels } from "../../protocol/language-server.ts";
import { MODEL_PATTERN } from "../manifest/languages.ts";

/** The most model files that code without a file name may mean. */
const mostModels = 9;

/** Lets the language server ask the window's engine, so that no second one is started. */
export function serveEngine(client: LanguageClient, engine: () => EngineClient): void {
  client.onRequest(askEngine.method, async ({ method, params }: { readonly method: string; readonly params: unknown }, token: vscode.CancellationToken) => {
    try {
      return await engine().forward(method, params, token);
    } catch (error) {
      return error instanceof EngineFailure ? new ResponseError(-32603, error.failure.what, error.failure) : new ResponseError(-32603, String(error));
    }
  });
  client.onRequest(listModels.method, async () => (await vscode.workspace.findFiles(MODEL_PATTERN, "**/{node_modules,.git,.venv}/**", mostModels)).map(({ fsPath }) => fsPath));
}
