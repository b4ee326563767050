/**
 * The compute thread as the engine's main thread sees it: a connection, the requests that wait for it, and a watchdog.
 * A thread that does not answer cannot be asked to stop, so it is ended: its requests fail with a sentence, and the next
 * request starts another.
 */
import { Worker } from "node:worker_threads";
import {
  createMessageConnection,
  ErrorCodes,
  PortMessageReader,
  PortMessageWriter,
  ResponseError,
  SharedArraySenderStrategy,
  type CancellationToken,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import type { EngineSettings, Failure } from "../protocol/engine.ts";
import { Pulse } from "./pulse.ts";
import { Watchdog, type Verdict } from "./watchdog.ts";

const lookMs = 500;

/** What the compute thread is started with. */
export interface ComputeData {
  readonly settings: EngineSettings;
  readonly pulse: SharedArrayBuffer;
}

interface Waiting {
  readonly settle: (error: ResponseError<Failure>) => void;
  cancelledAt: number | undefined;
}

export class ComputeThread {
  readonly #worker: Worker;
  readonly #connection: MessageConnection;
  readonly #waiting = new Set<Waiting>();
  readonly #pulse = new Pulse();
  readonly #watchdog = new Watchdog();
  #looking: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(settings: EngineSettings, onNotification: (method: string, params: unknown) => void) {
    const workerData: ComputeData = { settings, pulse: this.#pulse.shared };
    this.#worker = new Worker(new URL("./compute.mjs", import.meta.url), { workerData });
    this.#connection = createMessageConnection(
      new PortMessageReader(this.#worker),
      new PortMessageWriter(this.#worker),
      undefined,
      {
        cancellationStrategy: {
          sender: new SharedArraySenderStrategy(),
          receiver: {
            kind: "id",
            createCancellationTokenSource: () => {
              throw new RangeError("the compute thread sends no requests");
            },
          },
        },
      },
    );
    this.#worker.once("error", (error) => this.#end(() => stopped(error.message)));
    this.#worker.once("exit", (code) => this.#end(() => stopped(`its thread ended with code ${code}.`)));
    this.#connection.onNotification((method, params) => onNotification(method, params));
    this.#connection.listen();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Does not use Promise.race, which would keep every answer in memory until the thread ends. */
  send(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    return new Promise<unknown>((resolve) => {
      // A token that was cancelled before the request was read tells nobody.
      const cancelledAt = token.isCancellationRequested ? performance.now() : undefined;
      const waiting: Waiting = { settle: resolve, cancelledAt };
      const listening = token.onCancellationRequested(() => (waiting.cancelledAt = performance.now()));
      this.#wait(waiting);
      this.#connection
        .sendRequest(method, params, token)
        .then(resolve, (error: unknown) =>
          resolve(error instanceof ResponseError ? error : new ResponseError(ErrorCodes.InternalError, String(error))),
        )
        .finally(() => {
          listening.dispose();
          this.#waiting.delete(waiting);
          if (this.#waiting.size === 0) this.#rest();
        });
    });
  }

  /** Ends the thread. The promise is pending for as long as native code keeps it. */
  async terminate(): Promise<void> {
    this.#end(() => stopped("it was ended."));
    await this.#worker.terminate();
  }

  #wait(waiting: Waiting): void {
    this.#waiting.add(waiting);
    if (this.#looking) return;
    this.#watchdog.restart(performance.now());
    this.#looking = setInterval(() => this.#look(), lookMs);
  }

  #rest(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look(): void {
    const verdict = this.#watchdog.look({
      now: performance.now(),
      beats: this.#pulse.beats,
      computing: this.#pulse.computing,
      requests: [...this.#waiting].map(({ cancelledAt }) => cancelledAt),
    });
    if (verdict === "alive") return;
    this.#end(({ cancelledAt }) => endedBecause(verdict, cancelledAt !== undefined));
    void this.#worker.terminate();
  }

  #end(failureOf: (waiting: Waiting) => Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#rest();
    for (const waiting of this.#waiting) {
      const failure = failureOf(waiting);
      waiting.settle(new ResponseError(ErrorCodes.InternalError, failure.what, failure));
    }
    // Settled first: disposing would reject pending requests with its own message.
    this.#connection.dispose();
  }
}

const again = "Try again: the engine has been restarted, and nothing else was lost.";

const stopped = (reason: string): Failure => ({
  kind: "crash",
  what: `The computation stopped unexpectedly: ${reason}`,
  where: undefined,
  hint: again,
});

function endedBecause(verdict: Exclude<Verdict, "alive">, cancelled: boolean): Failure {
  if (cancelled)
    return {
      kind: "cancelled",
      what: "The computation did not stop by itself, so it was ended",
      where: undefined,
      hint: undefined,
    };
  const reason =
    verdict === "silent"
      ? "it gave no sign of life for ten minutes"
      : "another one was cancelled and did not stop by itself";
  return { kind: "crash", what: `The computation was ended, because ${reason}.`, where: undefined, hint: again };
}
