import fs from "node:fs";
import type { CancellationToken } from "vscode-languageserver";
import { openModel } from "../protocol/engine.ts";
import { checkExperiment, type ExperimentParams, type Problem } from "../protocol/experiment.ts";
import { unitThumbnail, type UnitThumbnail } from "../protocol/unit-thumbnail.ts";
import { outlineModel, type LanguageOutline } from "../protocol/language-model.ts";
import type { ModelCard, NetworkCard } from "../protocol/model.ts";
import { siteStatistics, type ModelStatistics } from "../protocol/site-statistics.ts";
import { Recent } from "../tensor/recent.ts";
import type { KnownModel } from "./known-model.ts";
import { modelKind } from "./model-kind.ts";
import { SharedAnswer } from "./shared-answer.ts";

/** Passes a request on to the window's engine; the token stops it there. */
export type AskEngine = (method: string, params: unknown, token: CancellationToken) => Promise<unknown>;

/** A person who types waits no longer than this for a model that is still being opened; one who rests on a word may. */
const patienceMs = 250;
export const restingMs = 4000;
/** What only adds to an answer holds one hover up so long, and the next ones not at all. */
const besideMs = 900;

/** An engine that crashed starts anew, so what it could not say may be asked again after this. */
const retryMs = 10_000;

/** A model's card with its sites is small. */
const cachedModels = 32;
/** A thumbnail takes some ten kilobytes. */
const cachedThumbnails = 256;

type OfFiles<T> = Recent<{ readonly stamp: string; readonly answer: SharedAnswer<T>; readonly askedAt: number }>;

/** What the engine knows of model files. Asked once for each state of a file, never waited for long. */
export class EngineFacts {
  readonly #ask: AskEngine;
  readonly #models: OfFiles<ModelCard> = new Recent(cachedModels);
  readonly #languageModels: OfFiles<LanguageOutline> = new Recent(cachedModels);
  readonly #statistics: OfFiles<ModelStatistics> = new Recent(cachedModels);
  readonly #thumbnails = new Recent<SharedAnswer<UnitThumbnail>>(cachedThumbnails);
  /** The one that is being grown, since growing takes seconds and all of the machine. */
  #growing: SharedAnswer<UnitThumbnail> | undefined;

  constructor(ask: AskEngine) {
    this.#ask = ask;
  }

  /** The model's card: at once if it is known, soon if it can be had soon, else not, and the next question may have it. */
  async model(file: string, token: CancellationToken, patience: number = patienceMs): Promise<NetworkCard | undefined> {
    const card = await this.#ofFile(this.#models, openModel.method, file, token, patience);
    return card?.kind === "network" ? card : undefined;
  }

  /** What is known of the file, by what it holds. */
  async known(file: string, token: CancellationToken, patience: number = patienceMs): Promise<KnownModel | undefined> {
    if (modelKind(file) === "text") {
      const model = await this.languageModel(file, token, patience);
      return model && { kind: "text", model };
    }
    const model = await this.model(file, token, patience);
    return model && { kind: "picture", model };
  }

  /** The same of a language model. */
  languageModel(
    file: string,
    token: CancellationToken,
    patience: number = patienceMs,
  ): Promise<LanguageOutline | undefined> {
    return this.#ofFile(this.#languageModels, outlineModel.method, file, token, patience);
  }

  /** How each site of a model answers to photographs. Whoever has it computed waits a moment for it; others take what is there. */
  statistics(file: string, token: CancellationToken): Promise<ModelStatistics | undefined> {
    return this.#ofFile(this.#statistics, siteStatistics.method, file, token, 0, besideMs);
  }

  /** The unit's picture and statistics: grown once, only one at a time, and no further when every hover that waits is gone. */
  async thumbnail(
    model: string,
    site: string,
    channel: number,
    token: CancellationToken,
    patience: number = restingMs,
  ): Promise<UnitThumbnail | undefined> {
    const key = JSON.stringify([model, stampOf(model), site, channel]);
    const end = Date.now() + patience;
    const known = (): SharedAnswer<UnitThumbnail> | undefined => {
      const thumbnail = this.#thumbnails.get(key);
      return thumbnail?.failed || thumbnail?.stopped ? undefined : thumbnail;
    };
    while (!known() && this.#growing && !this.#growing.settled) {
      // Whoever waits for their turn keeps nothing alive.
      await this.#growing.settling(end - Date.now(), token);
      if (Date.now() >= end || token.isCancellationRequested) return undefined;
    }
    let thumbnail = known();
    if (thumbnail === undefined) {
      thumbnail = new SharedAnswer(
        async (stop) => (await this.#ask(unitThumbnail.method, { model, site, channel }, stop)) as UnitThumbnail,
      );
      this.#growing = thumbnail;
      this.#thumbnails.set(key, thumbnail);
    }
    return thumbnail.wait(end - Date.now(), token);
  }

  /** @param first the patience of the one whose question goes to the engine */
  async #ofFile<T>(
    answers: OfFiles<T>,
    method: string,
    file: string,
    token: CancellationToken,
    patience: number,
    first: number = patience,
  ): Promise<T | undefined> {
    const stamp = stampOf(file);
    if (stamp === undefined) return undefined;
    const known = answers.get(file);
    const lapsed = known?.answer.stopped || (known?.answer.failed && Date.now() - known.askedAt > retryMs);
    if (known?.stamp === stamp && !lapsed) return known.answer.wait(patience, token);
    const answer = new SharedAnswer((stop) => this.#ask(method, { model: file }, stop) as Promise<T>);
    answers.set(file, { stamp, answer, askedAt: Date.now() });
    return answer.wait(first, token);
  }

  async problems(
    params: Pick<ExperimentParams, "file" | "text">,
    token: CancellationToken,
  ): Promise<readonly Problem[]> {
    return (await this.#ask(checkExperiment.method, params, token)) as readonly Problem[];
  }
}

function stampOf(file: string): string | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : undefined;
}
