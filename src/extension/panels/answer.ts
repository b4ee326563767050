import type { CancellationToken, MessageConnection, ResponseError } from "vscode-jsonrpc/node";
import { EngineFailure } from "../../client/engine-client.ts";
import type { Failure } from "../../protocol/engine.ts";
import { asResponseError } from "./response-error.ts";
import { messageOf } from "../../tensor/errors.ts";

/** Answers a panel's request; a failure travels on in its parts, so that the panel can lay them out. */
export function answer<P, R>(
  connection: MessageConnection,
  method: string,
  handle: (params: P, token: CancellationToken) => R | Promise<R>,
): void {
  connection.onRequest<unknown, unknown>(method, (params: P, token: CancellationToken) =>
    failing(async () => handle(params, token)),
  );
}

export async function failing<R>(attempt: () => Promise<R>): Promise<R | ResponseError<Failure>> {
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
