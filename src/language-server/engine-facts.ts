import { isRegular } from "../files/look.ts";
import { stampAt } from "../files/stamp.ts";
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

/** Forwards a request to the window's engine. The token cancels it there. */
export type AskEngine = (method: string, params: unknown, token: CancellationToken) => Promise<unknown>;

/** The longest wait for a model that is being opened: short while a person types, longer for hovers. */
const typingWaitMs = 250;
export const hoverWaitMs = 4000;
/** Statistics only supplement a hover. The first hover waits this long for them; later ones do not wait. */
const statisticsWaitMs = 900;

/** A crashed engine restarts, so failed requests are retried after this time. */
const retryMs = 10_000;

/** A model's card with its sites is small. */
const cachedModels = 32;
/** A thumbnail takes some ten kilobytes. */
const cachedThumbnails = 256;

type OfFiles<T> = Recent<{ readonly stamp: string; readonly answer: SharedAnswer<T>; readonly askedAt: number }>;

/** Facts from the engine about model files. They are requested once for each state of a file, with short waits. */
export class EngineFacts {
  /** Whether nothing is asked and no file is looked at: the workspace is not trusted. */
  restricted = false;
  readonly #ask: AskEngine;
  readonly #models: OfFiles<ModelCard> = new Recent(cachedModels);
  readonly #languageModels: OfFiles<LanguageOutline> = new Recent(cachedModels);
  readonly #statistics: OfFiles<ModelStatistics> = new Recent(cachedModels);
  readonly #thumbnails = new Recent<SharedAnswer<UnitThumbnail>>(cachedThumbnails);
  /**
   * The thumbnail that is being computed. Only one at a time, because each takes seconds and uses the whole machine.
   */
  #rendering: SharedAnswer<UnitThumbnail> | undefined;

  constructor(ask: AskEngine) {
    this.#ask = ask;
  }

  /** The model's card if it is available within the wait. A later call may get it otherwise. */
  async model(file: string, token: CancellationToken, waitMs: number = typingWaitMs): Promise<NetworkCard | undefined> {
    const card = await this.#ofFile(this.#models, openModel.method, file, token, waitMs);
    return card?.kind === "network" ? card : undefined;
  }

  /** The facts about the file, by kind of model. */
  async known(file: string, token: CancellationToken, waitMs: number = typingWaitMs): Promise<KnownModel | undefined> {
    if (modelKind(file) === "text") {
      const model = await this.languageModel(file, token, waitMs);
      return model && { kind: "text", model };
    }
    const model = await this.model(file, token, waitMs);
    return model && { kind: "picture", model };
  }

  /** The outline of a language model, with the same waits. */
  languageModel(
    file: string,
    token: CancellationToken,
    waitMs: number = typingWaitMs,
  ): Promise<LanguageOutline | undefined> {
    return this.#ofFile(this.#languageModels, outlineModel.method, file, token, waitMs);
  }

  /**
   * Statistics of each site on photographs. The call that starts the computation waits briefly; later calls take what
   * is cached.
   */
  statistics(file: string, token: CancellationToken): Promise<ModelStatistics | undefined> {
    return this.#ofFile(this.#statistics, siteStatistics.method, file, token, 0, statisticsWaitMs);
  }

  /**
   * The unit's picture and statistics. Each is computed once, one at a time, and stopped when all waiting hovers are
   * gone.
   */
  async thumbnail(
    model: string,
    site: string,
    channel: number,
    token: CancellationToken,
    waitMs: number = hoverWaitMs,
  ): Promise<UnitThumbnail | undefined> {
    if (this.restricted) return undefined;
    const key = JSON.stringify([model, stampOf(model), site, channel]);
    const end = Date.now() + waitMs;
    const known = (): SharedAnswer<UnitThumbnail> | undefined => {
      const thumbnail = this.#thumbnails.get(key);
      return thumbnail?.failed || thumbnail?.stopped ? undefined : thumbnail;
    };
    while (!known() && this.#rendering && !this.#rendering.settled) {
      // Waiting for one's turn does not keep the running computation alive.
      await this.#rendering.settling(end - Date.now(), token);
      if (Date.now() >= end || token.isCancellationRequested) return undefined;
    }
    let thumbnail = known();
    if (thumbnail === undefined) {
      thumbnail = new SharedAnswer(
        async (stop) => (await this.#ask(unitThumbnail.method, { model, site, channel }, stop)) as UnitThumbnail,
      );
      this.#rendering = thumbnail;
      this.#thumbnails.set(key, thumbnail);
    }
    return thumbnail.wait(end - Date.now(), token);
  }

  /** @param firstWaitMs the wait of the call that sends the request to the engine */
  async #ofFile<T>(
    answers: OfFiles<T>,
    method: string,
    file: string,
    token: CancellationToken,
    waitMs: number,
    firstWaitMs: number = waitMs,
  ): Promise<T | undefined> {
    if (this.restricted) return undefined;
    const stamp = stampOf(file);
    if (stamp === undefined) return undefined;
    const known = answers.get(file);
    const lapsed = known?.answer.stopped || (known?.answer.failed && Date.now() - known.askedAt > retryMs);
    if (known?.stamp === stamp && !lapsed) return known.answer.wait(waitMs, token);
    const answer = new SharedAnswer((stop) => this.#ask(method, { model: file }, stop) as Promise<T>);
    answers.set(file, { stamp, answer, askedAt: Date.now() });
    return answer.wait(firstWaitMs, token);
  }

  /** What is wrong with an experiment, by its model and files; `undefined` in Restricted Mode. */
  async problems(
    params: Pick<ExperimentParams, "file" | "text">,
    token: CancellationToken,
  ): Promise<readonly Problem[] | undefined> {
    if (this.restricted) return undefined;
    return (await this.#ask(checkExperiment.method, params, token)) as readonly Problem[];
  }
}

const stampOf = (file: string): string | undefined => (isRegular(file) ? stampAt(file) : undefined);
