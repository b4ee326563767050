import path from "node:path";
import type * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { commandId } from "../manifest/commands.ts";
import { CODE_LANGUAGES, EXPERIMENT_LANGUAGE } from "../manifest/languages.ts";
import { serveEngine, type AskEngine } from "./engine-bridge.ts";

/** Starts the server's process and connects to it. It is a separate bundle, loaded only when needed. */
export async function startClient(context: vscode.ExtensionContext, ask: AskEngine): Promise<LanguageClient> {
  const module = path.join(context.extensionPath, "dist", "language.mjs");
  const server = { module, transport: TransportKind.ipc };
  const client = new LanguageClient(
    "glassbox",
    "Glassbox Language Server",
    { run: server, debug: server },
    {
      documentSelector: [EXPERIMENT_LANGUAGE, ...CODE_LANGUAGES].map((language) => ({ scheme: "file", language })),
      // Its hovers link to these commands only.
      markdown: {
        isTrusted: {
          enabledCommands: [commandId("explainFile"), commandId("openTextFile"), commandId("visualizeUnit")],
        },
        supportHtml: false,
      },
    },
  );
  serveEngine(client, ask);
  await client.start();
  return client;
}
