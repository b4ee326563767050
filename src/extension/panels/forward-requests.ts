import type { MessageConnection } from "vscode-jsonrpc/node";
import type { EngineClient } from "../../client/engine-client.ts";
import { runExperiment } from "../../protocol/experiment.ts";
import { ask } from "../../protocol/question.ts";
import { orFailure } from "./answer.ts";

/** The requests that send events while they run. Other requests only name a job, to read or export its answer. */
const jobs: ReadonlySet<string> = new Set([ask.method, runExperiment.method]);

/** Forwards every request that the host does not handle to the engine, and the job's events back to the panel. */
export function forwardRequests(
  connection: MessageConnection,
  engine: Pick<EngineClient, "forward" | "forwardJob">,
): void {
  connection.onRequest(async (method, params, token) =>
    orFailure(() =>
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
