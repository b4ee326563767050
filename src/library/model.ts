import type { EngineClient } from "../client/engine-client.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { AnswerData, Part } from "../protocol/answer-data.ts";
import type { ModelCard, Preprocessing } from "../protocol/model.ts";
import type { OptionValues, Progress, Result } from "../protocol/result.ts";
import { traceModel, type Activations } from "../protocol/trace.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { answerOf, type Answer } from "./answer.ts";
import { asEngineFailure, withSignal, type Request } from "./request.ts";
import { readSubject, type OneInput, type SubjectInput } from "./subject.ts";

/** An open model. */
export interface Model {
  readonly card: ModelCard;
  /** Where activations can be read, in the order of computation. Language models' shapes are for one token. */
  readonly sites: ModelCard["sites"];
  /** All available analyses with their options. */
  analyses(): Promise<readonly AnalysisCard[]>;
  /** Runs one analysis. Rejects with an EngineFailure if the engine refuses it. */
  ask(analysis: string, subject: SubjectInput, settings?: AskSettings): Promise<Answer>;
  /** Runs one input once and returns its activations at these sites. Cost: one forward pass up to the last site. */
  trace(input: OneInput, sites: readonly string[], settings?: TraceSettings): Promise<Activations>;
  /** Stops the engine unless another open model uses it. Later requests are rejected. */
  close(): Promise<void>;
}

export interface TraceSettings {
  /** How pictures become the model's input; overrides the known or detected preprocessing. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Aborting it stops the work, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface AskSettings extends TraceSettings {
  /** The target: a class's index or name, or e.g. `logit:281 - logit:285`; the top class if unset. */
  readonly target?: string | number | undefined;
  /** Options that differ from their defaults. */
  readonly options?: OptionValues | undefined;
  /** Starts over instead of continuing a stopped run. */
  readonly fresh?: boolean | undefined;
  /** Called with the progress and the results so far. */
  readonly onProgress?: ((progressed: Progressed) => void) | undefined;
}

export interface Progressed {
  readonly progress: Progress;
  /** The whole answer so far. */
  readonly result?: Result | undefined;
  /** The new part since the last call, for answers that arrive in parts. */
  readonly part?: Part | undefined;
}

let jobs = 0;

/** @param release releases the shared engine */
export function modelOf(card: ModelCard, engine: EngineClient, release: () => void): Model {
  const { path: model } = card;
  let closed = false;
  const client = (): EngineClient => {
    if (!closed) return engine;
    throw new GlassboxError("option", `${card.name} was closed`, { hint: "Open it again." });
  };
  const request: Request = (type, params) => asEngineFailure(() => client().request(type, params));
  return {
    card,
    sites: card.sites,
    analyses: () => asEngineFailure(() => client().analyses()),
    async ask(analysis, subject, { target, options = {}, preprocessing, fresh, onProgress, signal } = {}) {
      const job = `library-${jobs++}`;
      const answer = await withSignal(signal, async (token) =>
        client().ask(
          {
            ...{ job, model, analysis, options, preprocessing, fresh },
            subject: readSubject(subject),
            target: target === undefined ? undefined : String(target),
          },
          // The library requests exact detail, so results are never reduced for display.
          ({ progress, result, part }) => onProgress?.({ progress, result: result as Result<AnswerData>, part }),
          token,
        ),
      );
      return answerOf(answer, job, request);
    },
    trace: (input, sites, { preprocessing, signal } = {}) =>
      withSignal(signal, async (token) =>
        client().request(traceModel, { model, subject: readSubject(input), sites, preprocessing }, token),
      ),
    async close() {
      if (!closed) release();
      closed = true;
    },
  };
}
