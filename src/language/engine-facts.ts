import fs from "node:fs";
import { openModel } from "../protocol/engine.ts";
import { checkExperiment, type ExperimentParams, type Problem } from "../protocol/experiment.ts";
import type { ModelCard } from "../protocol/model.ts";

/** Passes a request on to the window's engine. */
export type AskEngine = (method: string, params: unknown) => Promise<unknown>;

/** A person who types waits no longer than this for a model that is still being opened; one who rests on a word may. */
const patienceMs = 250;
export const restingMs = 4000;

/** Models kept; a card with its sites is small. */
const kept = 32;

interface Known {
  readonly stamp: string;
  readonly asked: Promise<ModelCard | undefined>;
  card: ModelCard | undefined;
}

/** What the engine knows of model files. Asked once for each state of a file, never waited for long. */
export class EngineFacts {
  readonly #ask: AskEngine;
  readonly #models = new Map<string, Known>();

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
    return Promise.race([known.asked, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience).unref())]);
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

function stampOf(file: string): string | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : undefined;
}
