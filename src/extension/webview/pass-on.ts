import type { MessageConnection } from "vscode-jsonrpc/node";
import type { EngineClient } from "../../client/engine-client.ts";
import { failing } from "./answer.ts";

/** Every request that the host does not answer itself is the engine's; what a job tells meanwhile comes back on the way. */
export function passOn(connection: MessageConnection, engine: EngineClient): void {
  connection.onRequest(async (method, params, token) =>
    failing(() =>
      namesJob(params)
        ? engine.forwardJob(method, params, (kind, event) => void connection.sendNotification(kind, event), token)
        : engine.forward(method, params, token),
    ),
  );
}

const namesJob = (params: unknown): params is { readonly job: string } =>
  typeof params === "object" && params !== null && "job" in params && typeof params.job === "string";
