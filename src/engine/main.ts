/**
 * The engine process: one thread that always answers, and a compute thread that may block. It forwards all requests. If
 * the compute thread dies, pending requests fail with a sentence and the next request starts a new thread.
 */
import { Worker } from "node:worker_threads";
import {
  createMessageConnection,
  ErrorCodes,
  IPCMessageReader,
  IPCMessageWriter,
  PortMessageReader,
  PortMessageWriter,
  ResponseError,
  SharedArraySenderStrategy,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import type { EngineSettings, Failure } from "../protocol/engine.ts";

const settings = JSON.parse(process.env.GLASSBOX_ENGINE ?? "{}") as EngineSettings;
const surface = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));

interface Compute {
  readonly connection: MessageConnection;
  /** Rejects pending requests when the thread ends. */
  readonly pending: Set<(error: ResponseError<Failure>) => void>;
}

let compute: Compute | undefined;

function startCompute(): Compute {
  const worker = new Worker(new URL("./compute.mjs", import.meta.url), { workerData: settings });
  const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker), undefined, {
    cancellationStrategy: {
      sender: new SharedArraySenderStrategy(),
      receiver: {
        kind: "id",
        createCancellationTokenSource: () => {
          throw new RangeError("the compute thread sends no requests");
        },
      },
    },
  });
  const pending: Compute["pending"] = new Set();
  const stopped = (reason: string): void => {
    compute = undefined;
    const failure: Failure = {
      kind: "crash",
      what: `The computation stopped unexpectedly: ${reason}`,
      where: undefined,
      hint: "Try again: the engine has been restarted, and nothing else was lost.",
    };
    const error = new ResponseError(ErrorCodes.InternalError, failure.what, failure);
    for (const settle of pending) settle(error);
    // Rejected first: disposing would reject pending requests with its own message.
    connection.dispose();
  };
  worker.once("error", (error) => stopped(error.message));
  worker.once("exit", (code) => stopped(`its thread ended with code ${code}.`));
  connection.onNotification((method, params) => void surface.sendNotification(method, params));
  connection.listen();
  return { connection, pending };
}

/** Does not use Promise.race, which would keep every answer in memory until the thread ends. */
surface.onRequest((method, params, token) => {
  const { connection, pending } = (compute ??= startCompute());
  return new Promise<unknown>((resolve) => {
    pending.add(resolve);
    connection
      .sendRequest(method, params, token)
      .then(resolve, (error: unknown) =>
        resolve(error instanceof ResponseError ? error : new ResponseError(ErrorCodes.InternalError, String(error))),
      )
      .finally(() => pending.delete(resolve));
  });
});

// A terminal sends Ctrl+C to the whole process group. The surface cancels its jobs and decides when to end.
process.on("SIGINT", () => undefined);
surface.onClose(() => process.exit(0));
process.on("disconnect", () => process.exit(0));
surface.listen();
