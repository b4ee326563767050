import path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { commandId } from "../manifest/commands.ts";
import { CODE_LANGUAGES, EXPERIMENT_LANGUAGE } from "../manifest/languages.ts";
import type { LanguageServerOptions } from "../../protocol/language-server.ts";
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
      initializationOptions: { restricted: !vscode.workspace.isTrusted } satisfies LanguageServerOptions,
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
  // Trust may have been given while it started.
  const tell = (): unknown =>
    client.sendNotification("workspace/didChangeConfiguration", {
      settings: { restricted: false } satisfies LanguageServerOptions,
    });
  if (vscode.workspace.isTrusted) void tell();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(tell));
  return client;
}
