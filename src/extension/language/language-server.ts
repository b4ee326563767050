import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { EngineClient } from "../../client/engine-client.ts";
import { CODE_LANGUAGES, EXPERIMENT_LANGUAGE, MODEL_PATTERN } from "../manifest/languages.ts";

/** Starts the language server with the first document that needs it, and never twice. */
export class LanguageServer {
  readonly #context: vscode.ExtensionContext;
  readonly #engine: () => EngineClient;
  #client: Promise<LanguageClient> | undefined;

  constructor(context: vscode.ExtensionContext, engine: () => EngineClient) {
    this.#context = context;
    this.#engine = engine;
  }

  /** Watches for such a document; those open already count. */
  watch(): vscode.Disposable[] {
    for (const document of vscode.workspace.textDocuments) void this.#consider(document);
    return [vscode.workspace.onDidOpenTextDocument((document) => void this.#consider(document)), { dispose: () => void this.#client?.then((client) => client.dispose()) }];
  }

  /** Tells the server, if it runs. */
  async notify(method: string, params: unknown): Promise<void> {
    await (await this.#client)?.sendNotification(method, params);
  }

  async #consider({ languageId }: vscode.TextDocument): Promise<void> {
    if (this.#client) return;
    if (languageId === EXPERIMENT_LANGUAGE) return this.#start();
    if (!(CODE_LANGUAGES as readonly string[]).includes(languageId)) return;
    const models = await vscode.workspace.findFiles(MODEL_PATTERN, "**/{node_modules,.git,.venv}/**", 1);
    if (models.length) this.#start();
  }

  #start(): void {
    this.#client ??= import("./language-client.ts").then(({ startClient }) => startClient(this.#context, this.#engine));
  }
}
