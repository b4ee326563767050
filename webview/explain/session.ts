import { CancellationTokenSource, ResponseError, type MessageConnection } from "vscode-jsonrpc/browser";
import {
  openModel, prepareInput, rememberPreprocessing, showEvent, showMethod,
  type Failure, type PreparedInput, type RunEvent,
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

const nothing: Known = { card: undefined, prepared: undefined, prediction: undefined, runs: new Map(), failure: undefined, preparing: undefined };

export interface Question {
  readonly model: string;
  readonly picture: string;
  readonly target: string | undefined;
  readonly methods: readonly string[];
  readonly options: Readonly<Record<string, OptionValues>>;
}

/**
 * Asks the engine for one picture at a time and tells its listener what is known. A new question
 * cancels the old one; answers to an old one are dropped.
 */
export class ExplainSession {
  readonly #connection: MessageConnection;
  readonly #listen: (known: Known) => void;
  #known: Known = nothing;
  #asked = 0;
  #cancel = new CancellationTokenSource();

  constructor(connection: MessageConnection, listen: (known: Known) => void) {
    this.#connection = connection;
    this.#listen = listen;
    connection.onNotification(showEvent, (event) => this.#hear(event));
  }

  /** Everything from the model on; `fresh` asks even what is known already. */
  async ask(question: Question): Promise<void> {
    const turn = this.#begin();
    const { model, picture } = question;
    try {
      const samePicture = this.#known.prepared !== undefined && this.#pictureShown === picture;
      if (!samePicture) {
        this.#update(turn, { prepared: undefined, prediction: undefined, runs: waiting(question.methods), failure: undefined, preparing: "Opening the model" });
        const card = this.#known.card ?? (await this.#connection.sendRequest(openModel, { model }));
        this.#update(turn, { card, preparing: "Preparing the picture" });
        const prepared = await this.#connection.sendRequest(prepareInput, { model, input: { path: picture } }, this.#cancel.token);
        this.#pictureShown = picture;
        this.#update(turn, { prepared, preparing: "Running the model" });
        const outcome = await this.#connection.sendRequest(showMethod, { job: jobName(turn, "prediction"), model, input: { path: picture }, method: "prediction", options: { top: 10 } }, this.#cancel.token);
        if (outcome.result.data.kind === "prediction") this.#update(turn, { prediction: outcome.result.data, preparing: undefined });
      } else {
        this.#update(turn, { runs: waiting(question.methods), failure: undefined });
      }
      for (const method of question.methods) {
        if (turn !== this.#asked) return;
        await this.#run(turn, question, method);
      }
    } catch (error) {
      this.#update(turn, { failure: failureOf(error), preparing: undefined, runs: new Map() });
    }
  }

  /** Stops what runs and keeps what is there. */
  cancel(): void {
    this.#cancel.cancel();
    const runs = new Map([...this.#known.runs].map(([method, run]) => [method, run.state === "waiting" ? { ...run, state: "cancelled" as const } : run]));
    this.#asked++;
    this.#known = { ...this.#known, runs, preparing: undefined };
    this.#listen(this.#known);
  }

  async preprocess(question: Question, preprocessing: Preprocessing | undefined): Promise<void> {
    this.#pictureShown = undefined;
    try {
      await this.#connection.sendRequest(rememberPreprocessing, { model: question.model, preprocessing });
    } catch (error) {
      this.#known = { ...this.#known, failure: failureOf(error) };
    }
    await this.ask(question);
  }

  #pictureShown: string | undefined;

  #begin(): number {
    this.#cancel.cancel();
    this.#cancel = new CancellationTokenSource();
    return ++this.#asked;
  }

  async #run(turn: number, { model, picture, target, options }: Question, method: string): Promise<void> {
    const job = jobName(turn, method);
    this.#set(turn, method, { job, state: "running", progress: undefined, result: undefined, failure: undefined });
    try {
      const { result, cancelled } = await this.#connection.sendRequest(
        showMethod,
        { job, model, input: { path: picture }, method, target, options: options[method] ?? {} },
        this.#cancel.token,
      );
      this.#set(turn, method, { job, state: cancelled ? "cancelled" : "done", progress: undefined, result, failure: undefined }, true);
    } catch (error) {
      this.#set(turn, method, { job, state: "failed", progress: undefined, result: undefined, failure: failureOf(error) });
    }
  }

  #hear({ job, progress, partial }: RunEvent<DisplayData>): void {
    for (const [method, run] of this.#known.runs) {
      if (run.job === job) this.#set(this.#asked, method, { ...run, progress, result: partial ?? run.result });
    }
  }

  /** `late`: the answer to a cancelled run still belongs where its map stood. */
  #set(turn: number, method: string, run: Run, late = false): void {
    const shown = this.#known.runs.get(method);
    if (turn !== this.#asked && !(late && shown?.job === run.job)) return;
    this.#known = { ...this.#known, runs: new Map(this.#known.runs).set(method, run) };
    this.#listen(this.#known);
  }

  #update(turn: number, change: Partial<Known>): void {
    if (turn !== this.#asked) return;
    this.#known = { ...this.#known, ...change };
    this.#listen(this.#known);
  }
}

/** Unique over reloads: the engine may still hold results of the page before. */
const page = crypto.randomUUID();
const jobName = (turn: number, method: string): string => `${page}:${turn}:${method}`;

const waiting = (methods: readonly string[]): ReadonlyMap<string, Run> =>
  new Map(methods.map((method) => [method, { job: "", state: "waiting", progress: undefined, result: undefined, failure: undefined }]));

export function failureOf(error: unknown): Failure {
  if (error instanceof ResponseError && error.data) return error.data as Failure;
  return { kind: "defect", what: error instanceof Error ? error.message : String(error), where: undefined, hint: undefined };
}
