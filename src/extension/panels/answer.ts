import type { CancellationToken, MessageConnection, ResponseError } from "vscode-jsonrpc/node";
import { EngineFailure } from "../../client/engine-client.ts";
import type { Failure } from "../../protocol/engine.ts";
import { asResponseError } from "./response-error.ts";
import { messageOf } from "../../tensor/errors.ts";

/** Handles a panel's request. Failures are sent with all their parts, so that the panel can lay them out. */
export function answer<P, R>(
  connection: MessageConnection,
  method: string,
  handle: (params: P, token: CancellationToken) => R | Promise<R>,
): void {
  connection.onRequest<unknown, unknown>(method, (params: P, token: CancellationToken) =>
    orFailure(async () => handle(params, token)),
  );
}

export async function orFailure<R>(attempt: () => Promise<R>): Promise<R | ResponseError<Failure>> {
  try {
    return await attempt();
  } catch (error) {
    return asResponseError(
      error instanceof EngineFailure
        ? error.failure
        : { kind: "defect", what: messageOf(error), where: undefined, hint: undefined },
    );
  }
}
