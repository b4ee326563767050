import { CancellationTokenSource, ResponseError, type MessageConnection } from "vscode-jsonrpc";
import {
  openModel,
  prepareInput,
  rememberPreprocessing,
  showEvent,
  showMethod,
  type Failure,
  type PreparedInput,
  type RunEvent,
} from "../../src/protocol/engine.ts";
import type { ModelCard, Preprocessing } from "../../src/protocol/model.ts";
import type { DisplayData, OptionValues, Prediction, Progress, Result } from "../../src/protocol/result.ts";

/** One method's map, from asked to done. */
export interface Run {
  readonly job: string;
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  readonly progress: Progress | undefined;
  readonly result: Result<DisplayData> | undefined;
  readonly failure: Failure | undefined;
  /** What was asked: an equal question keeps its answer. */
  readonly question: string;
}

export interface Known {
  readonly card: ModelCard | undefined;
  readonly prepared: PreparedInput | undefined;
  readonly prediction: Prediction | undefined;
  readonly runs: ReadonlyMap<string, Run>;
  /** What failed before any map could be asked for. */
  readonly failure: Failure | undefined;
  /** What is being done before the first map, in words. */
  readonly preparing: string | undefined;
}

export const nothing: Known = {
  card: undefined,
  prepared: undefined,
  prediction: undefined,
  runs: new Map(),
  failure: undefined,
  preparing: undefined,
};

export interface Question {
  readonly model: string;
  readonly picture: string;
  readonly target: string | undefined;
  readonly methods: readonly string[];
  readonly options: Readonly<Record<string, OptionValues>>;
}

/**
 * Asks the engine for one picture at a time and tells its listener what is known. A new question
 * cancels what still runs; answers to an old one are dropped.
 */
export class ExplainSession {
  readonly #connection: MessageConnection;
  readonly #listen: (known: Known) => void;
  #known: Known = nothing;
  #pictureShown: string | undefined;
  #turn = 0;
  #cancel = new CancellationTokenSource();

  constructor(connection: MessageConnection, listen: (known: Known) => void) {
    this.#connection = connection;
    this.#listen = listen;
    connection.onNotification(showEvent, (event) => this.#hear(event));
  }

  /** From the model on, as far as it is not known yet; maps that answer this very question stay. */
  async ask(question: Question): Promise<void> {
    const turn = this.#begin();
    try {
      if (this.#known.prediction === undefined || this.#pictureShown !== question.picture)
        await this.#predict(turn, question);
      const runs = new Map(
        question.methods.map((method) => [method, this.#kept(question, method) ?? waiting(question, method)]),
      );
      this.#update(turn, { runs, failure: undefined });
      for (const method of cheapFirst(question.methods)) {
        if (turn !== this.#turn) return;
        if (runs.get(method)!.state === "waiting") await this.#run(turn, question, method);
      }
    } catch (error) {
      this.#update(turn, { failure: failureOf(error), preparing: undefined, runs: new Map() });
    }
  }

  /** Stops what runs and keeps what is there. */
  cancel(): void {
    this.#begin();
    const runs = new Map(
      [...this.#known.runs].map(([method, run]) => [
        method,
        run.state === "waiting" ? { ...run, state: "cancelled" as const } : run,
      ]),
    );
    this.#update(this.#turn, { runs, preparing: undefined });
  }

  /**
   * Remembers how pictures are fed to this model, or with `undefined` finds it again, and asks anew. What does not fit the
   * model is refused before it is remembered: else every picture would fail, and the form to mend it would be gone.
   */
  async preprocess(question: Question, preprocessing: Preprocessing | undefined): Promise<void> {
    const { model, picture } = question;
    if (preprocessing)
      await this.#connection.sendRequest(prepareInput, { model, input: { path: picture }, preprocessing });
    await this.#connection.sendRequest(rememberPreprocessing, { model, preprocessing });
    this.#pictureShown = undefined;
    await this.ask(question);
  }

  #begin(): number {
    this.#cancel.cancel();
    this.#cancel = new CancellationTokenSource();
    return ++this.#turn;
  }

  async #predict(turn: number, { model, picture, methods }: Question): Promise<void> {
    const input = { path: picture };
    const runs = new Map(methods.map((method) => [method, waiting(undefined, method)]));
    this.#update(turn, {
      prepared: undefined,
      prediction: undefined,
      runs,
      failure: undefined,
      preparing: "Opening the model",
    });
    const { token } = this.#cancel;
    const job = jobName(turn, "prediction");
    // Asked at once, because the engine answers in order and each answer would wait for a message to and fro.
    const [, , { result }] = await Promise.all([
      this.#connection
        .sendRequest(openModel, { model }, token)
        .then((card) => this.#update(turn, { card, preparing: "Preparing the picture" })),
      this.#connection
        .sendRequest(prepareInput, { model, input }, token)
        .then((prepared) => this.#update(turn, { prepared, preparing: "Running the model" })),
      this.#connection.sendRequest(
        showMethod,
        { job, model, input, method: "prediction", options: { top: 10 } },
        token,
      ),
    ]);
    if (turn !== this.#turn || result.data.kind !== "prediction") return;
    this.#pictureShown = picture;
    this.#update(turn, { prediction: result.data, preparing: undefined });
  }

  #kept(question: Question, method: string): Run | undefined {
    const run = this.#known.runs.get(method);
    return run?.state === "done" && run.question === asked(question, method) ? run : undefined;
  }

  async #run(turn: number, question: Question, method: string): Promise<void> {
    const { model, picture, target, options } = question;
    const job = jobName(turn, method);
    const run = { ...waiting(question, method), job };
    this.#set(method, { ...run, state: "running" });
    const settle = (change: Partial<Run>): void => {
      // The answer to a run that was cancelled still belongs where its map stood.
      if (this.#known.runs.get(method)?.job === job) this.#set(method, { ...run, ...change });
    };
    try {
      const params = { job, model, input: { path: picture }, method, target, options: options[method] ?? {} };
      const { result, cancelled } = await this.#connection.sendRequest(showMethod, params, this.#cancel.token);
      settle({ state: cancelled ? "cancelled" : "done", result });
    } catch (error) {
      settle({ state: turn === this.#turn ? "failed" : "cancelled", failure: failureOf(error) });
    }
  }

  #hear({ job, progress, partial }: RunEvent<DisplayData>): void {
    for (const [method, run] of this.#known.runs) {
      if (run.job === job && run.state === "running")
        this.#set(method, { ...run, progress, result: partial ?? run.result });
    }
  }

  #set(method: string, run: Run): void {
    this.#known = { ...this.#known, runs: new Map(this.#known.runs).set(method, run) };
    this.#listen(this.#known);
  }

  #update(turn: number, change: Partial<Known>): void {
    if (turn !== this.#turn) return;
    this.#known = { ...this.#known, ...change };
    this.#listen(this.#known);
  }
}

/** One gradient makes a class activation map: something is to be seen while the others still count. */
const cheapFirst = (methods: readonly string[]): readonly string[] =>
  [...methods].sort((a, b) => Number(b === "grad-cam") - Number(a === "grad-cam"));

/** What the answer of one method depends on. */
const asked = ({ model, picture, target, options }: Question, method: string): string =>
  JSON.stringify([model, picture, target ?? "", options[method] ?? {}]);

const waiting = (question: Question | undefined, method: string): Run => ({
  job: "",
  state: "waiting",
  progress: undefined,
  result: undefined,
  failure: undefined,
  question: question ? asked(question, method) : "",
});

/** Unique over reloads: the engine may still hold results of the page before. */
const page = crypto.randomUUID();
const jobName = (turn: number, method: string): string => `${page}:${turn}:${method}`;

export function failureOf(error: unknown): Failure {
  if (error instanceof ResponseError && error.data) return error.data as Failure;
  return {
    kind: "defect",
    what: error instanceof Error ? error.message : String(error),
    where: undefined,
    hint: undefined,
  };
}
