import { createRequire } from "node:module";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { EngineFailure, type EngineClient } from "../../client/engine-client.ts";
import type { AskEngine } from "./engine-bridge.ts";
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
    if (this.#client) return;
    // Half a megabyte that most windows never need: read from beside this bundle, not with it.
    const { startClient } = createRequire(import.meta.url)("./language-client.cjs") as typeof import("./language-client.ts");
    this.#client = startClient(this.#context, (method, params, token) => this.#ask(method, params, token));
  }

  #ask: AskEngine = async (method, params, token) => {
    try {
      return { answer: await this.#engine().forward(method, params, token) };
    } catch (error) {
      return { failure: error instanceof EngineFailure ? error.failure : { kind: "defect", what: String(error), where: undefined, hint: undefined } };
    }
  };
}
