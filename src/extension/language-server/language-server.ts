import { createRequire } from "node:module";
import type * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { EngineFailure, type EngineClient } from "../../client/engine-client.ts";
import type { AskEngine } from "./engine-bridge.ts";

/** Started by the first document that needs it, and never twice. */
export class LanguageServer {
  readonly #context: vscode.ExtensionContext;
  readonly #engine: EngineClient;
  #client: Promise<LanguageClient> | undefined;

  constructor(context: vscode.ExtensionContext, engine: EngineClient) {
    this.#context = context;
    this.#engine = engine;
  }

  /** Tells the server, if it runs. */
  async notify(method: string, params: unknown): Promise<void> {
    await (await this.#client)?.sendNotification(method, params);
  }

  start(): void {
    if (this.#client) return;
    // Half a megabyte that most windows never need, so it is a separate bundle.
    const { startClient } = createRequire(import.meta.url)(
      "./language-client.cjs",
    ) as typeof import("./language-client.ts");
    this.#client = startClient(this.#context, (method, params, token) => this.#ask(method, params, token));
  }

  dispose(): void {
    void this.#client?.then((client) => client.dispose());
  }

  #ask: AskEngine = async (method, params, token) => {
    try {
      return { answer: await this.#engine.forward(method, params, token) };
    } catch (error) {
      return {
        failure:
          error instanceof EngineFailure
            ? error.failure
            : { kind: "defect", what: String(error), where: undefined, hint: undefined },
      };
    }
  };
}
