import type { EngineClient } from "../client/engine-client.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { AnswerData, Part } from "../protocol/answer-data.ts";
import type { ModelCard, Preprocessing } from "../protocol/model.ts";
import type { OptionValues, Progress, Result } from "../protocol/result.ts";
import { traceModel, type Activations } from "../protocol/trace.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { answerOf, type Answer } from "./answer.ts";
import { refusing, withSignal, type Request } from "./request.ts";
import { readSubject, type OneInput, type SubjectInput } from "./subject.ts";

/** An open model. */
export interface Model {
  readonly card: ModelCard;
  /** Where activations can be read, in the order of computation. A prompt's shapes are for one token. */
  readonly sites: ModelCard["sites"];
  /** Every analysis that there is, with its options. */
  analyses(): Promise<readonly AnalysisCard[]>;
  /** Asks one analysis. Rejects with an EngineFailure where it is refused. */
  ask(analysis: string, subject: SubjectInput, settings?: AskSettings): Promise<Answer>;
  /** Runs one input once and gives its activations at these sites. Cost: one forward pass as far as the last of them. */
  trace(input: OneInput, sites: readonly string[], settings?: TraceSettings): Promise<Activations>;
  /** Ends the engine if no other open model has it. What is asked from then on is refused. */
  close(): Promise<void>;
}

export interface TraceSettings {
  /** How pictures become the input; overrides what is known or detected. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Aborted, it stops the work, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface AskSettings extends TraceSettings {
  /** What is explained: a class's number or name, or e.g. `logit:281 - logit:285`; the best class if unset. */
  readonly target?: string | number | undefined;
  /** Options that differ from their defaults. */
  readonly options?: OptionValues | undefined;
  /** Starts over although a run that was stopped could continue. */
  readonly fresh?: boolean | undefined;
  /** Hears how far the work is, and what is known by then. */
  readonly onProgress?: ((progressed: Progressed) => void) | undefined;
}

export interface Progressed {
  readonly progress: Progress;
  /** The whole answer as far as it is known. */
  readonly result?: Result | undefined;
  /** What was found since the last time, where an answer grows by parts. */
  readonly part?: Part | undefined;
}

let jobs = 0;

/** @param release gives the engine back */
export function modelOf(card: ModelCard, engine: EngineClient, release: () => void): Model {
  const { path: model } = card;
  let closed = false;
  const client = (): EngineClient => {
    if (!closed) return engine;
    throw new GlassboxError("option", `${card.name} was closed`, { hint: "Open it again." });
  };
  const request: Request = (type, params) => refusing(() => client().request(type, params));
  return {
    card,
    sites: card.sites,
    analyses: () => refusing(() => client().analyses()),
    async ask(analysis, subject, { target, options = {}, preprocessing, fresh, onProgress, signal } = {}) {
      const job = `library-${jobs++}`;
      const answer = await withSignal(signal, async (token) =>
        client().ask(
          {
            ...{ job, model, analysis, options, preprocessing, fresh },
            subject: readSubject(subject),
            target: target === undefined ? undefined : String(target),
          },
          // Asked for exactly, they come exactly.
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
