import type { MessageConnection } from "vscode-jsonrpc/node";
import type { EngineClient } from "../../client/engine-client.ts";
import { runExperiment } from "../../protocol/experiment.ts";
import { ask } from "../../protocol/question.ts";
import { failing } from "./answer.ts";

/** Those that tell what they find meanwhile; others only name a job, to read or export its answer. */
const jobs: ReadonlySet<string> = new Set([ask.method, runExperiment.method]);

/** Every request that the host does not answer itself is the engine's; what a job tells meanwhile comes back on the way. */
export function passOn(connection: MessageConnection, engine: Pick<EngineClient, "forward" | "forwardJob">): void {
  connection.onRequest(async (method, params, token) =>
    failing(() =>
      jobs.has(method)
        ? engine.forwardJob(
            method,
            params as { readonly job: string },
            (kind, event) => void connection.sendNotification(kind, event),
            token,
          )
        : engine.forward(method, params, token),
    ),
  );
}
