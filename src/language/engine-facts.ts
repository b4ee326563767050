import fs from "node:fs";
import { openModel } from "../protocol/engine.ts";
import { checkExperiment, type ExperimentParams, type Problem } from "../protocol/experiment.ts";
import { unitPortrait, type UnitPortrait, type UnitPortraitParams } from "../protocol/unit-portrait.ts";
import type { ModelCard } from "../protocol/model.ts";

/** Passes a request on to the window's engine. */
export type AskEngine = (method: string, params: unknown) => Promise<unknown>;

/** A person who types waits no longer than this for a model that is still being opened; one who rests on a word may. */
const patienceMs = 250;
export const restingMs = 4000;

/** Models kept; a card with its sites is small. */
const kept = 32;
/** Pictures of some ten kilobytes. */
const keptPortraits = 256;

interface Known {
  readonly stamp: string;
  readonly asked: Promise<ModelCard | undefined>;
  card: ModelCard | undefined;
}

/** What the engine knows of model files. Asked once for each state of a file, never waited for long. */
export class EngineFacts {
  readonly #ask: AskEngine;
  readonly #models = new Map<string, Known>();
  readonly #portraits = new Map<string, Promise<UnitPortrait | undefined>>();
  /** Settles when the one that is being grown is there. */
  #growing: Promise<void> | undefined;

  constructor(ask: AskEngine) {
    this.#ask = ask;
  }

  /** The model's card: at once if it is known, soon if it can be had soon, else not, and the next question may have it. */
  async model(file: string, patience: number = patienceMs): Promise<ModelCard | undefined> {
    const stamp = stampOf(file);
    if (stamp === undefined) return undefined;
    let known = this.#models.get(file);
    if (known?.stamp !== stamp) known = this.#open(file, stamp);
    if (known.card) return known.card;
    return Promise.race([known.asked, waited(patience)]);
  }

  /** The unit's picture and statistics: grown once, and only one at a time, since it takes seconds. */
  async portrait(model: string, site: string, channel: number, patience: number = restingMs): Promise<UnitPortrait | undefined> {
    const key = JSON.stringify([model, stampOf(model), site, channel]);
    const end = Date.now() + patience;
    while (!this.#portraits.has(key) && this.#growing) {
      if (Date.now() >= end) return undefined;
      await Promise.race([this.#growing, waited(end - Date.now())]);
    }
    return Promise.race([this.#portraits.get(key) ?? this.#grow(key, { model, site, channel }), waited(end - Date.now())]);
  }

  #grow(key: string, params: UnitPortraitParams): Promise<UnitPortrait | undefined> {
    const asked = this.#ask(unitPortrait.method, params).then((portrait) => portrait as UnitPortrait, () => undefined);
    this.#portraits.set(key, asked);
    this.#growing = asked.then((portrait) => {
      this.#growing = undefined;
      if (portrait === undefined) this.#portraits.delete(key);
    });
    const [oldest] = this.#portraits.keys();
    if (this.#portraits.size > keptPortraits && oldest !== undefined) this.#portraits.delete(oldest);
    return asked;
  }

  async problems(params: Pick<ExperimentParams, "file" | "text">): Promise<readonly Problem[]> {
    return (await this.#ask(checkExperiment.method, params)) as readonly Problem[];
  }

  #open(file: string, stamp: string): Known {
    // A model that cannot be opened has no facts; the diagnostics say why.
    const asked = this.#ask(openModel.method, { model: file }).then((card) => card as ModelCard, () => undefined);
    const known: Known = { stamp, asked, card: undefined };
    void asked.then((card) => (known.card = card));
    this.#models.delete(file);
    this.#models.set(file, known);
    const [oldest] = this.#models.keys();
    if (this.#models.size > kept && oldest !== undefined) this.#models.delete(oldest);
    return known;
  }
}

const waited = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());

function stampOf(file: string): string | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : undefined;
}
