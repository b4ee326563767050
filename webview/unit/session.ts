import { CancellationTokenSource, ResponseError, type MessageConnection } from "vscode-jsonrpc/browser";
import type { Failure } from "../../src/protocol/engine.ts";
import {
  unitExample,
  unitFacts,
  usualVisualizeOptions,
  visualize,
  visualizeEvent,
  type RgbPicture,
  type UnitExample,
  type UnitFacts,
  type VisualizationResult,
  type VisualizeEvent,
  type VisualizeOptions,
} from "../../src/protocol/visualization.ts";

/** One picture as it was at a step. */
export interface Frame {
  readonly step: number;
  readonly score: number;
  readonly picture: RgbPicture;
}

/** What is grown under one name, from asked to done. */
export interface Growing {
  /** Paused goes on where it was; cancelled begins anew. */
  readonly state: "waiting" | "running" | "paused" | "cancelled" | "done" | "failed";
  /** Of each picture: its history, oldest first. */
  readonly frames: readonly (readonly Frame[])[];
  readonly results: readonly VisualizationResult[];
  readonly share: number;
  readonly note: string;
  readonly failure: Failure | undefined;
}

export const waiting: Growing = { state: "waiting", frames: [], results: [], share: 0, note: "", failure: undefined };

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

export interface Question {
  readonly model: string;
  readonly site: string;
  readonly channel: number;
  readonly preset: VisualizeOptions["preset"];
  readonly steps: number;
  readonly range: VisualizeOptions["range"];
  readonly portable: boolean;
  readonly seed: number;
  readonly photographs: string | undefined;
}

/** So many frames of a picture are kept; when there are more, every other one goes. */
const keptFrames = 48;
const examplesShown = 4;
const layerSize = 64;
const layerSteps = 128;

/**
 * Asks the engine for one unit at a time and tells its listener what is known. A new question cancels what still runs;
 * what was stopped goes on where it was when it is asked again.
 */
export class UnitSession {
  readonly #connection: MessageConnection;
  readonly #listen: (known: Known) => void;
  readonly #jobs = new Map<string, Part>();
  #known: Known = nothing;
  #turn = 0;
  #cancel = new CancellationTokenSource();

  constructor(connection: MessageConnection, listen: (known: Known) => void) {
    this.#connection = connection;
    this.#listen = listen;
    connection.onNotification(visualizeEvent, (event) => this.#hear(event));
  }

  /** The unit's pictures and facts, most wanted first. `keep` leaves what is on screen until it is replaced. */
  async unit(question: Question, keep = false): Promise<void> {
    const turn = this.#begin();
    if (!keep) this.#update(turn, { ...nothing, parts: { ...nothing.parts, layer: this.#known.parts.layer } });
    const { site, channel } = question;
    const name = `channel(${JSON.stringify(site)}, ${channel})`;
    await this.#grow(turn, "positive", question, [name], {});
    if (turn !== this.#turn) return;
    await this.#facts(turn, question);
    await this.#grow(turn, "negative", question, [`-${name}`], {});
    // A fifth of the activation: enough to keep pictures apart, too little to make them about something else.
    const reached = this.#known.parts.positive.results[0]?.data.images[0]?.activation ?? 5;
    const weight = Number(Math.max(0.1, Math.abs(reached) / 5).toPrecision(1));
    await this.#grow(turn, "diverse", question, [`${name} - ${weight}*diversity`], { images: 4 });
  }

  /** A page of a layer: small pictures of several channels. */
  async layer(question: Question, channels: readonly number[]): Promise<void> {
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

  async example(question: Question, picture: string): Promise<void> {
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
    this.#cancel = new CancellationTokenSource();
    return ++this.#turn;
  }

  async #grow(
    turn: number,
    part: Part,
    question: Question,
    objectives: readonly string[],
    special: Partial<VisualizeOptions>,
  ): Promise<void> {
    if (turn !== this.#turn) return;
    const { model, preset, steps, range, portable, seed, photographs } = question;
    const job = `${page}:${turn}:${part}`;
    this.#jobs.set(job, part);
    const before = this.#known.parts[part];
    this.#set(turn, part, {
      ...before,
      state: "running",
      frames: before.state === "paused" ? before.frames : [],
      failure: undefined,
    });
    try {
      const { results, cancelled } = await this.#connection.sendRequest(
        visualize,
        {
          job,
          model,
          objectives,
          photographs,
          anew: before.state === "cancelled",
          options: { ...usualVisualizeOptions, preset, steps, range, portable, seed, ...special },
        },
        this.#cancel.token,
      );
      this.#set(turn, part, { ...this.#known.parts[part], state: cancelled ? "paused" : "done", results, share: 1 });
    } catch (error) {
      this.#set(turn, part, { ...this.#known.parts[part], state: "failed", failure: failureOf(error) });
    } finally {
      this.#jobs.delete(job);
    }
  }

  async #facts(turn: number, question: Question): Promise<void> {
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

  #hear({ job, progress, frame }: VisualizeEvent): void {
    const part = this.#jobs.get(job);
    if (part === undefined || this.#known.parts[part].state !== "running") return;
    const growing = this.#known.parts[part];
    const frames =
      frame === undefined
        ? growing.frames
        : withFrame(growing.frames, part === "layer" ? frame.objective : frame.image, frame);
    this.#set(this.#turn, part, { ...growing, frames, share: progress.done / progress.total, note: progress.note });
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

/** Unique over reloads: the engine may still work for the page before. */
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
