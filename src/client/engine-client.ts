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

/** Why a request failed, for a surface to say. */
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
  /** Rejects what is pending when the engine ends. */
  readonly pending: Set<(reason: EngineFailure) => void>;
}

type Listener = (method: string, event: unknown) => void;

/** Starts the engine on first use, starts it again after a crash, and speaks the protocol to it. */
export class EngineClient {
  readonly #entry: string;
  readonly #settings: () => EngineSettings;
  readonly #log: (line: string) => void;
  /** By job. */
  readonly #listeners = new Map<string, Listener>();
  #running: Running | undefined;
  #jobs = 0;

  /** @param entry the bundled engine; next to this bundle unless stated */
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

  /** Passes a surface's request on as it is. */
  forward(method: string, params: unknown, token?: CancellationToken): Promise<unknown> {
    // Without a token the channel would take its absence for a second parameter.
    return this.#send(({ connection }) => connection.sendRequest(method, params, token ?? CancellationToken.None));
  }

  /** Asks a question; `listen` hears of progress and of what is known until the promise settles. */
  ask(
    question: Omit<Question, "job" | "detail"> & Partial<Pick<Question, "job" | "detail">>,
    listen: (event: AskEvent) => void = () => undefined,
    token?: CancellationToken,
  ): Promise<Answer<AnswerData>> {
    const whole: Question = { job: `${process.pid}-${this.#jobs++}`, detail: "exact", ...question };
    return this.#job(ask, whole, askEvent, listen, token) as Promise<Answer<AnswerData>>;
  }

  /** The same, reduced for drawing; the exact answer stays in the engine under the question's job. */
  show(
    question: Omit<Question, "detail">,
    listen: (event: AskEvent) => void = () => undefined,
    token?: CancellationToken,
  ): Promise<Answer<AnswerData | ShownData>> {
    return this.#job(ask, { ...question, detail: "display" }, askEvent, listen, token);
  }

  /** Runs an experiment file; `listen` hears of each input and task. */
  experiment(
    params: ExperimentParams,
    listen: (event: ExperimentEvent) => void,
    token?: CancellationToken,
  ): Promise<ExperimentOutcome> {
    return this.#job(runExperiment, params, experimentEvent, listen, token);
  }

  /** Passes on a request that names its job; `listen` hears every notification of that job until the answer is there. */
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

  /** Ends the engine; the next request starts it with the settings of then. */
  stop(): void {
    this.#running?.child.kill();
    this.#running = undefined;
  }

  #job<P extends { readonly job: string }, R, E>(
    type: RequestType<P, R, Failure>,
    params: P,
    event: NotificationType<E>,
    listen: (event: E) => void,
    token: CancellationToken | undefined,
  ): Promise<R> {
    const hear: Listener = (method, heard) => method === event.method && listen(heard as E);
    return this.forwardJob(type.method, params, hear, token) as Promise<R>;
  }

  /** Not a race of promises: each race would hold its answer until the engine ends. */
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
      // Structured clone instead of JSON: typed arrays arrive as they left.
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
    const ended = (reason: string): void => {
      if (this.#running?.child === child) this.#running = undefined;
      const failure = new EngineFailure({
        kind: "crash",
        what: `The engine stopped unexpectedly: ${reason}.`,
        where: undefined,
        hint: "Try again: the engine starts again, and nothing else was lost.",
      });
      for (const reject of pending) reject(failure);
      // After the reason, because disposing rejects what is pending with words of its own.
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
    return { child, connection, pending };
  }
}
