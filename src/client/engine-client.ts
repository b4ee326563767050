import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  CancellationToken,
  type MessageConnection,
  type RequestType,
} from "vscode-jsonrpc/node";
import {
  listMethods,
  runEvent,
  runMethod,
  showEvent,
  showMethod,
  type EngineSettings,
  type Failure,
  type RunEvent,
  type RunOutcome,
  type RunParams,
} from "../protocol/engine.ts";
import {
  experimentEvent,
  runExperiment,
  type ExperimentEvent,
  type ExperimentOutcome,
  type ExperimentParams,
} from "../protocol/experiment.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { DisplayData } from "../protocol/result.ts";

/** Why a request failed, for a surface to say. */
export class EngineFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super([failure.what, failure.where && `(${failure.where})`, failure.hint].filter(Boolean).join(" "));
    this.name = "EngineFailure";
    this.failure = failure;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  readonly ended: Promise<never>;
}

/** Starts the engine on first use, starts it again after a crash, and speaks the protocol to it. */
export class EngineClient {
  readonly #entry: string;
  readonly #settings: () => EngineSettings;
  readonly #log: (line: string) => void;
  readonly #listeners = new Map<string, (event: RunEvent) => void>();
  readonly #viewers = new Map<string, (event: RunEvent<DisplayData>) => void>();
  readonly #hearers = new Map<string, (method: string, event: unknown) => void>();
  readonly #experimenters = new Map<string, (event: ExperimentEvent) => void>();
  #running: Running | undefined;
  #jobs = 0;

  /** @param entry the bundled engine; beside this bundle unless stated */
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

  methods(): Promise<readonly AnalysisCard[]> {
    return this.#send(({ connection }) => connection.sendRequest(listMethods));
  }

  request<P, R>(type: RequestType<P, R, Failure>, params: P, token?: CancellationToken): Promise<R> {
    return this.#send(({ connection }) => connection.sendRequest(type.method, params, token ?? CancellationToken.None));
  }

  /** Passes a surface's request on as it is. */
  forward(method: string, params: unknown, token?: CancellationToken): Promise<unknown> {
    // Without a token the channel would take its absence for a second parameter.
    return this.#send(({ connection }) => connection.sendRequest(method, params, token ?? CancellationToken.None));
  }

  /** Runs a method; `listen` hears of progress and partial results until the promise settles. */
  async run(
    params: Omit<RunParams, "job">,
    listen: (event: RunEvent) => void = () => undefined,
    token?: CancellationToken,
  ): Promise<RunOutcome> {
    const job = `${process.pid}-${this.#jobs++}`;
    this.#listeners.set(job, listen);
    try {
      return await this.request(runMethod, { ...params, job }, token);
    } finally {
      this.#listeners.delete(job);
    }
  }

  /** The same, reduced for drawing, under a name that the caller chose; the exact result stays in the engine. */
  async show(
    params: RunParams,
    listen: (event: RunEvent<DisplayData>) => void,
    token?: CancellationToken,
  ): Promise<RunOutcome<DisplayData>> {
    this.#viewers.set(params.job, listen);
    try {
      return await this.request(showMethod, params, token);
    } finally {
      this.#viewers.delete(params.job);
    }
  }

  /** Runs an experiment file; `listen` hears of each input and task. */
  async experiment(
    params: ExperimentParams,
    listen: (event: ExperimentEvent) => void,
    token?: CancellationToken,
  ): Promise<ExperimentOutcome> {
    this.#experimenters.set(params.job, listen);
    try {
      return await this.request(runExperiment, params, token);
    } finally {
      this.#experimenters.delete(params.job);
    }
  }

  /** Passes on a request that names its job; every notification of that job is heard, whatever its kind, until the answer is there. */
  async forwardJob(
    method: string,
    params: { readonly job: string },
    hear: (method: string, event: unknown) => void,
    token?: CancellationToken,
  ): Promise<unknown> {
    this.#hearers.set(params.job, hear);
    try {
      return await this.forward(method, params, token);
    } finally {
      this.#hearers.delete(params.job);
    }
  }

  /** Ends the engine; the next request starts it with the settings of then. */
  stop(): void {
    this.#running?.child.kill();
    this.#running = undefined;
  }

  async #send<R>(ask: (running: Running) => Promise<R>): Promise<R> {
    const running = (this.#running ??= this.#start());
    try {
      return await Promise.race([ask(running), running.ended]);
    } catch (error) {
      if (error instanceof ResponseError && error.data) throw new EngineFailure(error.data as Failure);
      throw error;
    }
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
    const ended = new Promise<never>((_, reject) => {
      const stop = (reason: string): void => {
        if (this.#running?.child === child) this.#running = undefined;
        reject(
          new EngineFailure({
            kind: "crash",
            what: `The engine stopped unexpectedly: ${reason}.`,
            where: undefined,
            hint: "Try again: it starts anew, and nothing else was lost.",
          }),
        );
        // After the reason, since it rejects what is pending with words of its own.
        connection.dispose();
      };
      child.once("error", (error) => stop(error.message));
      child.once("exit", (code, signal) => stop(signal ? `it was ended by ${signal}` : `it ended with code ${code}`));
    });
    ended.catch(() => undefined);
    connection.onNotification(runEvent, (event) => this.#listeners.get(event.job)?.(event));
    connection.onNotification(showEvent, (event) => this.#viewers.get(event.job)?.(event));
    connection.onNotification(experimentEvent, (event) => this.#experimenters.get(event.job)?.(event));
    connection.onNotification((method, event) => {
      if (typeof event === "object" && event !== null && "job" in event)
        this.#hearers.get(String(event.job))?.(method, event);
    });
    connection.onError(([error]) => this.#log(String(error)));
    connection.listen();
    return { child, connection, ended };
  }
}
