import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  CancellationToken,
  type MessageConnection,
  type NotificationType,
  type RequestType,
} from "vscode-jsonrpc/node";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { AnswerData, ShownData } from "../protocol/answer-data.ts";
import type { EngineSettings, Failure } from "../protocol/engine.ts";
import {
  experimentEvent,
  runExperiment,
  type ExperimentEvent,
  type ExperimentOutcome,
  type ExperimentParams,
} from "../protocol/experiment.ts";
import { ask, askEvent, listAnalyses, type Answer, type AskEvent, type Question } from "../protocol/question.ts";

/** Why a request failed, in a form that a user interface can show. */
export class EngineFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super([failure.what, failure.where && `(${failure.where})`, failure.hint].filter(Boolean).join(" "));
    this.name = "EngineFailure";
    this.failure = failure;
  }

  get kind(): Failure["kind"] {
    return this.failure.kind;
  }

  get what(): string {
    return this.failure.what;
  }

  get where(): string | undefined {
    return this.failure.where;
  }

  get hint(): string | undefined {
    return this.failure.hint;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  /** Rejects pending requests when the engine ends. */
  readonly pending: Set<(reason: EngineFailure) => void>;
  /** Why it is being stopped; unset as long as it is wanted. */
  stopping: string | undefined;
}

type Listener = (method: string, event: unknown) => void;

/** Starts the engine on first use, restarts it after a crash, and speaks the protocol with it. */
export class EngineClient {
  readonly #entry: string;
  readonly #settings: () => EngineSettings;
  readonly #log: (line: string) => void;
  /** Event listeners by job. */
  readonly #listeners = new Map<string, Listener>();
  #running: Running | undefined;
  #jobs = 0;

  /** @param entry the bundled engine; by default the one next to this bundle */
  constructor(
    settings: () => EngineSettings,
    log: (line: string) => void = () => undefined,
    entry: string = fileURLToPath(new URL("./engine.mjs", import.meta.url)),
  ) {
    this.#settings = settings;
    this.#log = log;
    this.#entry = entry;
  }

  get processId(): number | undefined {
    return this.#running?.child.pid;
  }

  analyses(): Promise<readonly AnalysisCard[]> {
    return this.#send(({ connection }) => connection.sendRequest(listAnalyses));
  }

  request<P, R>(type: RequestType<P, R, Failure>, params: P, token?: CancellationToken): Promise<R> {
    return this.forward(type.method, params, token) as Promise<R>;
  }

  /** Forwards a request unchanged. */
  forward(method: string, params: unknown, token?: CancellationToken): Promise<unknown> {
    // An undefined token would be sent as a second parameter.
    return this.#send(({ connection }) => connection.sendRequest(method, params, token ?? CancellationToken.None));
  }

  /** Asks a question. `listen` receives progress and partial results until the promise settles. */
  ask(
    question: Omit<Question, "job" | "detail"> & Partial<Pick<Question, "job" | "detail">>,
    listen: (event: AskEvent) => void = () => undefined,
    token?: CancellationToken,
  ): Promise<Answer<AnswerData>> {
    const whole: Question = { job: `${process.pid}-${this.#jobs++}`, detail: "exact", ...question };
    return this.#job(ask, whole, askEvent, listen, token) as Promise<Answer<AnswerData>>;
  }

  /** Asks for an answer reduced for display. The exact answer stays in the engine under the question's job. */
  show(
    question: Omit<Question, "detail">,
    listen: (event: AskEvent) => void = () => undefined,
    token?: CancellationToken,
  ): Promise<Answer<AnswerData | ShownData>> {
    return this.#job(ask, { ...question, detail: "display" }, askEvent, listen, token);
  }

  /** Runs an experiment file. `listen` receives the events of each input and task. */
  experiment(
    params: ExperimentParams,
    listen: (event: ExperimentEvent) => void,
    token?: CancellationToken,
  ): Promise<ExperimentOutcome> {
    return this.#job(runExperiment, params, experimentEvent, listen, token);
  }

  /**
   * Forwards a request that names its job. `listen` receives every notification of that job until the answer arrives.
   */
  async forwardJob(
    method: string,
    params: { readonly job: string },
    listen: Listener,
    token?: CancellationToken,
  ): Promise<unknown> {
    this.#listeners.set(params.job, listen);
    try {
      return await this.forward(method, params, token);
    } finally {
      this.#listeners.delete(params.job);
    }
  }

  /**
   * Stops the engine. The next request starts it with the settings current at that time.
   * @param why the sentence with which pending requests fail
   */
  stop(why = "The engine was stopped"): void {
    if (this.#running === undefined) return;
    this.#running.stopping = why;
    this.#running.child.kill();
    this.#running = undefined;
  }

  #job<P extends { readonly job: string }, R, E>(
    type: RequestType<P, R, Failure>,
    params: P,
    event: NotificationType<E>,
    listen: (event: E) => void,
    token: CancellationToken | undefined,
  ): Promise<R> {
    const onEvent: Listener = (method, params) => method === event.method && listen(params as E);
    return this.forwardJob(type.method, params, onEvent, token) as Promise<R>;
  }

  /** Does not use Promise.race, which would keep every answer in memory until the engine ends. */
  #send<R>(send: (running: Running) => Promise<R>): Promise<R> {
    const running = (this.#running ??= this.#start());
    return new Promise<R>((resolve, reject) => {
      running.pending.add(reject);
      send(running)
        .then(resolve, (error: unknown) =>
          reject(
            error instanceof ResponseError && error.data ? new EngineFailure(error.data as Failure) : (error as Error),
          ),
        )
        .finally(() => running.pending.delete(reject));
    });
  }

  #start(): Running {
    const child = fork(this.#entry, [], {
      // Structured clone instead of JSON, so that typed arrays stay typed arrays.
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: {
        ...process.env,
        ELECTRON_RUN_AS_NODE: "1",
        NODE_OPTIONS: "",
        ORT_DISABLE_TELEMETRY: "1",
        GLASSBOX_ENGINE: JSON.stringify(this.#settings()),
      },
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#log(text));
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    const pending: Running["pending"] = new Set();
    const running: Running = { child, connection, pending, stopping: undefined };
    const ended = (reason: string): void => {
      if (this.#running === running) this.#running = undefined;
      const failure = new EngineFailure(
        running.stopping === undefined
          ? {
              kind: "crash",
              what: `The engine stopped unexpectedly: ${reason}.`,
              where: undefined,
              hint: "Try again: the engine starts again, and nothing else was lost.",
            }
          : { kind: "cancelled", what: running.stopping, where: undefined, hint: undefined },
      );
      for (const reject of pending) reject(failure);
      // Rejected first: disposing would reject pending requests with its own message.
      connection.dispose();
    };
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => ended(signal ? `it was ended by ${signal}` : `it ended with code ${code}`));
    connection.onNotification((method, event) => {
      if (typeof event === "object" && event !== null && "job" in event)
        this.#listeners.get(String(event.job))?.(method, event);
    });
    connection.onError(([error]) => this.#log(String(error)));
    connection.listen();
    return running;
  }
}
