/**
 * The engine process: one thread that always answers, and a compute thread that may block. Everything
 * asked of it is passed on; if the compute thread dies, what was asked fails with a sentence and the next
 * request starts a new one.
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
  /** Rejects when the thread is gone. */
  readonly gone: Promise<never>;
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
  const gone = new Promise<never>((_, reject) => {
    const stopped = (reason: string): void => {
      compute = undefined;
      const failure: Failure = {
        kind: "crash",
        what: `The computation stopped unexpectedly: ${reason}`,
        where: undefined,
        hint: "Try again: the engine has been restarted, and nothing else was lost.",
      };
      reject(new ResponseError(ErrorCodes.InternalError, failure.what, failure));
      // After the reason, since it rejects what is pending with words of its own.
      connection.dispose();
    };
    worker.once("error", (error) => stopped(error.message));
    worker.once("exit", (code) => stopped(`its thread ended with code ${code}.`));
  });
  gone.catch(() => undefined);
  connection.onNotification((method, params) => void surface.sendNotification(method, params));
  connection.listen();
  return { connection, gone };
}

surface.onRequest(async (method, params, token) => {
  const { connection, gone } = (compute ??= startCompute());
  try {
    return await Promise.race([connection.sendRequest(method, params, token), gone]);
  } catch (error) {
    return error instanceof ResponseError ? error : new ResponseError(ErrorCodes.InternalError, String(error));
  }
});

// A terminal sends Ctrl+C to the whole group. The surface cancels its jobs and decides when to end.
process.on("SIGINT", () => undefined);
surface.onClose(() => process.exit(0));
process.on("disconnect", () => process.exit(0));
surface.listen();
