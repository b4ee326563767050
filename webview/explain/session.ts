import { CancellationTokenSource, ResponseError, type MessageConnection } from "vscode-jsonrpc";
import {
  correctModel,
  prepareInput,
  rememberPreprocessing,
  type CorrectionParams,
  type Failure,
  type PreparedInput,
} from "../../src/protocol/engine.ts";
import type { NetworkCard, Preprocessing } from "../../src/protocol/model.ts";
import type { OptionValues, Prediction } from "../../src/protocol/result.ts";
import { notAsked, startAsking, type Asked, type Asking, type PanelQuestion } from "../lib/asking.ts";
import { failureOf } from "../lib/failure-of.ts";
import { openNetwork } from "../lib/network-card.ts";

/** One map, from asked to done. */
export interface Run extends Asked {
  /** What was asked: an equal question keeps its answer. */
  readonly question: string;
}

export interface Known {
  readonly card: NetworkCard | undefined;
  readonly prepared: PreparedInput | undefined;
  readonly prediction: Prediction | undefined;
  /** By analysis. */
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

export interface PictureQuestion {
  readonly model: string;
  readonly picture: string;
  readonly target: string | undefined;
  /** The analysis that says what the model sees. */
  readonly prediction: string;
  /** The maps' analyses, in the order in which they are asked. */
  readonly methods: readonly string[];
  readonly options: Readonly<Record<string, OptionValues>>;
}

/**
 * Asks about one picture at a time: the prediction first, then one map after another, and tells its listener what is
 * known. A new question cancels what still runs; answers to an old one are dropped.
 */
export class ExplainSession {
  readonly #connection: MessageConnection;
  readonly #listen: (known: Known) => void;
  #known: Known = nothing;
  #pictureShown: string | undefined;
  #turn = 0;
  #cancel = new CancellationTokenSource();
  #asking: Asking | undefined;

  constructor(connection: MessageConnection, listen: (known: Known) => void) {
    this.#connection = connection;
    this.#listen = listen;
  }

  /** From the model on, as far as it is not known yet; maps that answer this very question stay. */
  async ask(question: PictureQuestion): Promise<void> {
    const turn = this.#begin();
    try {
      if (this.#known.prediction === undefined || this.#pictureShown !== question.picture)
        await this.#predict(turn, question);
      const runs = new Map(
        question.methods.map((method) => [method, this.#kept(question, method) ?? waiting(question, method)]),
      );
      this.#update(turn, { runs, failure: undefined });
      for (const method of question.methods) {
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
   * Remembers how pictures are fed to this model, or with `undefined` finds it again, and asks again. What does not fit
   * the model is refused before it is remembered: else every picture would fail, and the form to mend it would be gone.
   */
  async preprocess(question: PictureQuestion, preprocessing: Preprocessing | undefined): Promise<void> {
    const { model, picture } = question;
    if (preprocessing)
      await this.#connection.sendRequest(prepareInput, { model, input: { path: picture }, preprocessing });
    await this.#connection.sendRequest(rememberPreprocessing, { model, preprocessing });
    this.#pictureShown = undefined;
    await this.ask(question);
  }

  /** Writes what a person says about the output next to the model, and asks again: the target may mean something else. */
  async correct(question: PictureQuestion, correction: CorrectionParams["correction"]): Promise<void> {
    await this.#connection.sendRequest(correctModel, { model: question.model, correction });
    this.#pictureShown = undefined;
    await this.ask({ ...question, target: undefined });
  }

  #begin(): number {
    this.#cancel.cancel();
    this.#asking?.cancel();
    this.#cancel = new CancellationTokenSource();
    return ++this.#turn;
  }

  async #predict(turn: number, question: PictureQuestion): Promise<void> {
    const { model, picture, methods } = question;
    const runs = new Map(methods.map((method) => [method, waiting(undefined, method)]));
    this.#update(turn, {
      prepared: undefined,
      prediction: undefined,
      runs,
      failure: undefined,
      preparing: "Opening the model",
    });
    const { token } = this.#cancel;
    this.#asking = startAsking(this.#connection, asked(question, question.prediction), () => undefined);
    // Asked at once, because the engine answers in order and each answer would wait for a message to and fro.
    const [, , { result, failure }] = await Promise.all([
      openNetwork(this.#connection, model, token).then((card) =>
        this.#update(turn, { card, preparing: "Preparing the picture" }),
      ),
      this.#connection
        .sendRequest(prepareInput, { model, input: { path: picture } }, token)
        .then((prepared) => this.#update(turn, { prepared, preparing: "Running the model" })),
      this.#asking.settled,
    ]);
    if (turn !== this.#turn) return;
    if (failure) throw new ResponseError(0, failure.what, failure);
    if (result?.data.kind !== "model-output") return;
    this.#pictureShown = picture;
    this.#update(turn, { prediction: result.data, preparing: undefined });
  }

  #kept(question: PictureQuestion, method: string): Run | undefined {
    const run = this.#known.runs.get(method);
    return run?.state === "done" && run.question === keyOf(question, method) ? run : undefined;
  }

  async #run(turn: number, question: PictureQuestion, method: string): Promise<void> {
    const key = keyOf(question, method);
    this.#asking = startAsking(this.#connection, asked(question, method), (run) => {
      // The answer to a run that was cancelled still belongs where its map stood.
      const shown = this.#known.runs.get(method);
      if (shown?.job === run.job || (run.state === "running" && turn === this.#turn))
        this.#set(method, { ...run, question: key });
    });
    await this.#asking.settled;
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

const asked = ({ model, picture, target, prediction, options }: PictureQuestion, analysis: string): PanelQuestion => ({
  analysis,
  model,
  subject: { kind: "picture", input: { path: picture } },
  target: analysis === prediction ? undefined : target,
  options: options[analysis] ?? {},
});

/** What the answer of one method depends on. */
const keyOf = (question: PictureQuestion, method: string): string => JSON.stringify(asked(question, method));

const waiting = (question: PictureQuestion | undefined, method: string): Run => ({
  ...notAsked,
  question: question ? keyOf(question, method) : "",
});
