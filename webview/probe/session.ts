import { CancellationTokenSource, ResponseError, type MessageConnection } from "vscode-jsonrpc/browser";
import { openModel, type Failure } from "../../src/protocol/engine.ts";
import type { ModelCard } from "../../src/protocol/model.ts";
import {
  describeData,
  probeEvent,
  runProbes,
  type DataCard,
  type ProbeEvent,
  type ProbeResult,
} from "../../src/protocol/probing.ts";
import type { Progress } from "../../src/protocol/result.ts";
import type { ProbeState } from "./state.ts";

export type RunState = "idle" | "running" | "done" | "cancelled" | "failed";

export interface Known {
  readonly card: ModelCard | undefined;
  readonly data: DataCard | undefined;
  readonly job: string | undefined;
  readonly run: RunState;
  readonly progress: Progress | undefined;
  readonly result: ProbeResult | undefined;
  readonly failure: Failure | undefined;
}

export const nothing: Known = {
  card: undefined,
  data: undefined,
  job: undefined,
  run: "idle",
  progress: undefined,
  result: undefined,
  failure: undefined,
};

/** Asks the engine for one chart at a time and tells its listener what is known; a new question cancels the old one. */
export class ProbeSession {
  readonly #connection: MessageConnection;
  readonly #listen: (known: Known) => void;
  #known: Known = nothing;
  #turn = 0;
  #cancel = new CancellationTokenSource();

  constructor(connection: MessageConnection, listen: (known: Known) => void) {
    this.#connection = connection;
    this.#listen = listen;
    connection.onNotification(probeEvent, (event) => this.#hear(event));
  }

  /** What the data are, before anything is probed. */
  async describe({ model, data }: ProbeState): Promise<void> {
    const turn = this.#begin();
    this.#update(turn, { data: undefined, result: undefined, failure: undefined, run: "idle", progress: undefined });
    try {
      const card = this.#known.card ?? (await this.#connection.sendRequest(openModel, { model }));
      this.#update(turn, { card });
      this.#update(turn, { data: await this.#connection.sendRequest(describeData, { model, data }) });
    } catch (error) {
      this.#update(turn, { failure: failureOf(error), run: "failed" });
    }
  }

  async run({ model, data, label, sites, options }: ProbeState): Promise<void> {
    const turn = this.#begin();
    const job = `${page}:${turn}`;
    this.#update(turn, { job, run: "running", progress: undefined, result: undefined, failure: undefined });
    try {
      const card = this.#known.card ?? (await this.#connection.sendRequest(openModel, { model }));
      this.#update(turn, { card });
      if (this.#known.data === undefined)
        this.#update(turn, { data: await this.#connection.sendRequest(describeData, { model, data }) });
      const { result, cancelled } = await this.#connection.sendRequest(
        runProbes,
        { job, model, data, label, sites, options },
        this.#cancel.token,
      );
      this.#update(turn, { result, run: cancelled ? "cancelled" : "done", progress: undefined });
    } catch (error) {
      this.#update(turn, { failure: failureOf(error), run: "failed", progress: undefined });
    }
  }

  /** Stops between micro-batches or probes; what is there stays. */
  cancel(): void {
    this.#cancel.cancel();
  }

  #begin(): number {
    this.#cancel.cancel();
    this.#cancel = new CancellationTokenSource();
    return ++this.#turn;
  }

  #hear({ job, progress, partial }: ProbeEvent): void {
    if (job === this.#known.job && this.#known.run === "running")
      this.#update(this.#turn, { progress, result: partial ?? this.#known.result });
  }

  #update(turn: number, change: Partial<Known>): void {
    if (turn !== this.#turn) return;
    this.#known = { ...this.#known, ...change };
    this.#listen(this.#known);
  }
}

/** Unique over reloads: the engine may still hold results of the page before. */
const page = crypto.randomUUID();

export function failureOf(error: unknown): Failure {
  if (error instanceof ResponseError && error.data) return error.data as Failure;
  return {
    kind: "defect",
    what: error instanceof Error ? error.message : String(error),
    where: undefined,
    hint: undefined,
  };
}
