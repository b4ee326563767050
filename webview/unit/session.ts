import { CancellationTokenSource, type MessageConnection } from "vscode-jsonrpc";
import type { AnswerData, ShownData } from "../../src/protocol/answer-data.ts";
import type { Failure } from "../../src/protocol/engine.ts";
import type { OptionValues, Result } from "../../src/protocol/result.ts";
import {
  unitExample,
  unitFacts,
  type MaximizedUnit,
  type PictureFrame,
  type UnitExample,
  type UnitFacts,
} from "../../src/protocol/visualization.ts";
import { startAsking, type Asked, type Asking } from "../lib/asking.ts";
import { failureOf } from "../lib/failure-of.ts";

/** One picture as it was at a step. */
export type Frame = Pick<PictureFrame, "step" | "score" | "picture">;

/** What is optimized under one name, from asked to done. */
export interface Growing {
  /** Paused continues where it was; cancelled starts over. */
  readonly state: "waiting" | "running" | "paused" | "cancelled" | "done" | "failed";
  /** Of each picture: its history, oldest first. */
  readonly frames: readonly (readonly Frame[])[];
  /** In the order of the objectives. */
  readonly units: readonly MaximizedUnit[];
  /** Names the answer in the engine; empty while there is none. */
  readonly job: string;
  readonly result: Result<AnswerData | ShownData> | undefined;
  readonly share: number;
  readonly note: string;
  readonly failure: Failure | undefined;
}

export const waiting: Growing = {
  state: "waiting",
  frames: [],
  units: [],
  job: "",
  result: undefined,
  share: 0,
  note: "",
  failure: undefined,
};

export type Part = "positive" | "negative" | "diverse" | "layer";

export interface Known {
  readonly parts: Readonly<Record<Part, Growing>>;
  readonly facts: UnitFacts | undefined;
  readonly examples: ReadonlyMap<string, UnitExample>;
  readonly failure: Failure | undefined;
}

export const nothing: Known = {
  parts: { positive: waiting, negative: waiting, diverse: waiting, layer: waiting },
  facts: undefined,
  examples: new Map(),
  failure: undefined,
};

export interface UnitQuestion {
  /** The analysis that optimizes pictures. */
  readonly analysis: string;
  readonly model: string;
  readonly site: string;
  readonly channel: number;
  readonly options: OptionValues;
  readonly photographs: string | undefined;
}

/** So many frames of a picture are kept; when there are more, every other one goes. */
const keptFrames = 48;
const examplesShown = 4;
const layerSize = 64;
const layerSteps = 128;

/**
 * Asks about one unit at a time, the most wanted picture first, and tells its listener what is known. A new question
 * cancels what still runs; what was stopped continues where it was when it is asked again.
 */
export class UnitSession {
  readonly #connection: MessageConnection;
  readonly #listen: (known: Known) => void;
  #known: Known = nothing;
  #turn = 0;
  #cancel = new CancellationTokenSource();
  #asking: Asking | undefined;

  constructor(connection: MessageConnection, listen: (known: Known) => void) {
    this.#connection = connection;
    this.#listen = listen;
  }

  /** The unit's pictures and facts, most wanted first. `keep` leaves what is on screen until it is replaced. */
  async unit(question: UnitQuestion, keep = false): Promise<void> {
    const turn = this.#begin();
    if (!keep) this.#update(turn, { ...nothing, parts: { ...nothing.parts, layer: this.#known.parts.layer } });
    const { site, channel } = question;
    const name = `channel(${JSON.stringify(site)}, ${channel})`;
    await this.#grow(turn, "positive", question, [name], {});
    if (turn !== this.#turn) return;
    await this.#facts(turn, question);
    await this.#grow(turn, "negative", question, [`-${name}`], {});
    // A fifth of the activation: enough to keep pictures apart, too little to make them about something else.
    const reached = this.#known.parts.positive.units[0]?.images[0]?.activation ?? 5;
    const weight = Number(Math.max(0.1, Math.abs(reached) / 5).toPrecision(1));
    await this.#grow(turn, "diverse", question, [`${name} - ${weight}*diversity`], { images: 4 });
  }

  /** A page of a layer: small pictures of several channels. */
  async layer(question: UnitQuestion, channels: readonly number[]): Promise<void> {
    const turn = this.#begin();
    const { layer } = this.#known.parts;
    this.#update(turn, {
      parts: {
        ...this.#known.parts,
        layer: layer.state === "cancelled" ? { ...waiting, state: "cancelled" } : waiting,
      },
      failure: undefined,
    });
    await this.#grow(
      turn,
      "layer",
      question,
      channels.map((channel) => `channel(${JSON.stringify(question.site)}, ${channel})`),
      { size: layerSize, steps: layerSteps },
    );
  }

  async example(question: UnitQuestion, picture: string): Promise<void> {
    if (this.#known.examples.has(picture)) return;
    const turn = this.#turn;
    const { model, site, channel, photographs } = question;
    try {
      const example = await this.#connection.sendRequest(unitExample, { model, site, channel, photographs, picture });
      this.#update(turn, { examples: new Map(this.#known.examples).set(picture, example) });
    } catch (error) {
      this.#update(turn, { failure: failureOf(error) });
    }
  }

  /** Stops what runs; asked again, it goes on. */
  pause(): void {
    this.#stop("paused", ["running", "waiting"]);
  }

  /** Gives up what runs, waits or is paused; asked again, it begins anew. */
  cancel(): void {
    this.#stop("cancelled", ["running", "waiting", "paused"]);
  }

  #stop(state: "paused" | "cancelled", from: readonly Growing["state"][]): void {
    this.#begin();
    const stopped = (growing: Growing): Growing => (from.includes(growing.state) ? { ...growing, state } : growing);
    const { positive, negative, diverse, layer } = this.#known.parts;
    this.#update(this.#turn, {
      parts: {
        positive: stopped(positive),
        negative: stopped(negative),
        diverse: stopped(diverse),
        layer: stopped(layer),
      },
    });
  }

  #begin(): number {
    this.#cancel.cancel();
    this.#asking?.cancel();
    this.#cancel = new CancellationTokenSource();
    return ++this.#turn;
  }

  async #grow(
    turn: number,
    part: Part,
    { analysis, model, options, photographs }: UnitQuestion,
    objectives: readonly string[],
    special: OptionValues,
  ): Promise<void> {
    if (turn !== this.#turn) return;
    const before = this.#known.parts[part];
    let frames = before.state === "paused" ? before.frames : [];
    this.#asking = startAsking(
      this.#connection,
      {
        analysis,
        model,
        subject: { kind: "unit", objectives, photographs },
        options: { ...options, ...special },
        fresh: before.state === "cancelled",
      },
      (asked, frame) => {
        if (frame && "picture" in frame)
          frames = withFrame(frames, part === "layer" ? frame.objective : frame.image, frame);
        this.#set(turn, part, grown(this.#known.parts[part], asked, frames));
      },
      "dropped",
    );
    await this.#asking.settled;
  }

  async #facts(turn: number, question: UnitQuestion): Promise<void> {
    const { model, site, channel, photographs } = question;
    try {
      const facts = await this.#connection.sendRequest(
        unitFacts,
        { model, site, channel, photographs },
        this.#cancel.token,
      );
      this.#update(turn, { facts });
      for (const { path } of facts.photographs.slice(0, examplesShown))
        if (turn === this.#turn) await this.example(question, path);
    } catch (error) {
      this.#update(turn, { failure: failureOf(error) });
    }
  }

  #set(turn: number, part: Part, growing: Growing): void {
    this.#update(turn, { parts: { ...this.#known.parts, [part]: growing } });
  }

  #update(turn: number, change: Partial<Known>): void {
    if (turn !== this.#turn) return;
    this.#known = { ...this.#known, ...change };
    this.#listen(this.#known);
  }
}

function withFrame(frames: Growing["frames"], place: number, { step, score, picture }: Frame): Growing["frames"] {
  const copy = Array.from({ length: Math.max(frames.length, place + 1) }, (_, i) => frames[i] ?? []);
  const grown = [...copy[place]!.filter((frame) => frame.step < step), { step, score, picture }];
  copy[place] = grown.length > keptFrames ? grown.filter((_, i) => i % 2 === 0 || i === grown.length - 1) : grown;
  return copy;
}

/** What is known after an event; what was shown before stays until it is replaced. */
function grown(before: Growing, { state, job, progress, result, failure }: Asked, frames: Growing["frames"]): Growing {
  const units = result?.data.kind === "maximized-units" ? { units: result.data.units, result, job } : {};
  return {
    ...before,
    ...units,
    frames,
    state: state === "cancelled" ? "paused" : state,
    share: state === "done" || state === "cancelled" ? 1 : progress ? progress.done / progress.total : before.share,
    note: progress?.note ?? before.note,
    failure,
  };
}
