import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { ResponseError } from "vscode-languageclient";
import type { Failure } from "../../protocol/engine.ts";
import { askEngine, listModels } from "../../protocol/language-server.ts";
import { MODEL_PATTERN } from "../manifest/languages.ts";

/** The most model files that code without a file name may mean. */
const maxModels = 9;

/** The window's engine, as a bundle of its own may know it: plain data, since classes are not the same across bundles. */
export type AskEngine = (
  method: string,
  params: unknown,
  token: vscode.CancellationToken,
) => Promise<{ readonly answer: unknown } | { readonly failure: Failure }>;

/** Lets the language server ask the window's engine, so that no second one is started. */
export function serveEngine(client: LanguageClient, ask: AskEngine): void {
  client.onRequest(
    askEngine.method,
    async (
      { method, params }: { readonly method: string; readonly params: unknown },
      token: vscode.CancellationToken,
    ) => {
      // The server asks nothing in Restricted Mode; this holds it to that.
      if (!vscode.workspace.isTrusted) return new ResponseError(-32803, "This workspace is not trusted.");
      const outcome = await ask(method, params, token);
      return "failure" in outcome ? new ResponseError(-32603, outcome.failure.what, outcome.failure) : outcome.answer;
    },
  );
  client.onRequest(listModels.method, async () =>
    vscode.workspace.isTrusted
      ? (await vscode.workspace.findFiles(MODEL_PATTERN, "**/{node_modules,.git,.venv}/**", maxModels)).map(
          ({ fsPath }) => fsPath,
        )
      : [],
  );
}
