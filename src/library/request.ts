import { CancellationTokenSource, type CancellationToken, type RequestType } from "vscode-jsonrpc/node";
import { EngineFailure } from "../client/engine-client.ts";
import type { Failure } from "../protocol/engine.ts";
import { GlassboxError } from "../tensor/errors.ts";

/** Sends a request to the model's engine. Rejects if the model is closed. */
export type Request = <P, R>(type: RequestType<P, R, Failure>, params: P) => Promise<R>;

/** Converts errors to EngineFailure, the only class of error that the library throws. */
export async function asEngineFailure<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    const { kind, what, where, hint } = error;
    throw new EngineFailure({ kind, what, where, hint });
  }
}

/** An aborted signal stops the request between micro-batches; the promise then rejects with the signal's reason. */
export async function withSignal<T>(
  signal: AbortSignal | undefined,
  run: (token: CancellationToken) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const source = new CancellationTokenSource();
  const cancel = (): void => source.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const [ended] = await Promise.allSettled([asEngineFailure(() => run(source.token))]);
  signal?.removeEventListener("abort", cancel);
  source.dispose();
  signal?.throwIfAborted();
  if (ended.status === "rejected") throw ended.reason;
  return ended.value;
}
