import path from "node:path";
import type { AnyAnalysis, Outcome } from "../../methods/analysis.ts";
import type { CommonContext } from "../../methods/contexts.ts";
import { ChangedFile } from "../../files/changed-file.ts";
import { parseOptions, readOptions } from "../../methods/option.ts";
import { analysisNamed } from "../../protocol/analysis-named.ts";
import { withNamedAnalyses } from "../../methods/fitting-analyses.ts";
import type { SubjectKind } from "../../protocol/analysis-card.ts";
import type { AnswerData, ShownData } from "../../protocol/answer-data.ts";
import type { Answer, AskEvent, Question } from "../../protocol/question.ts";
import type { Provenance, Result } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { Recent } from "../../tensor/recent.ts";
import { displayData } from "../../answers/display.ts";
import { DiskStore } from "../kept/disk-store.ts";
import type { EngineServices } from "../services.ts";
import type { Prepared } from "../subjects/subject.ts";
import { prepare } from "../subjects/table.ts";
import { version } from "../version.ts";
import { reproduce } from "./reproduce.ts";

/** The number of exact answers kept in memory for reading and export. */
const maxHeld = 64;

/** Files that change more often than this are being written. */
const attempts = 4;

type Emit = (event: AskEvent) => void;

/**
 * Answers every question: opens the model and subject, looks for a cached answer, runs the analysis, and adds the
 * provenance. Everything specific to a subject or an analysis is in its own file.
 */
export class Asker {
  readonly #services: EngineServices;
  readonly #kept: DiskStore<Outcome>;
  readonly #held = new Recent<Result>(maxHeld);
  /** Questions in progress. An equal question waits, and then finds the answer in the cache. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(services: EngineServices) {
    this.#services = services;
    this.#kept = new DiskStore(path.join(services.settings.cacheFolder, "answers"), isOutcome);
  }

  /** If a file of the model or the subject changes meanwhile, it begins again with what is there now. */
  async ask(question: Question, emit: Emit, cancelled: () => boolean): Promise<Answer<AnswerData | ShownData>> {
    let sent = false;
    const send: Emit = (event) => {
      // What was sent of a text cannot be taken back.
      if (event.part !== undefined) sent = true;
      emit(event);
    };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(question, send, cancelled);
      } catch (error) {
        if (!(error instanceof ChangedFile) || sent || attempt === attempts || cancelled()) throw error;
      }
    }
  }

  async #ask(question: Question, emit: Emit, cancelled: () => boolean): Promise<Answer<AnswerData | ShownData>> {
    const { job, detail } = question;
    const analysis = analysisNamed(this.#services.analyses, question.analysis);
    if (analysis.takes !== question.subject.kind)
      throw new GlassboxError(
        "option",
        `${analysis.title} looks at ${subjectNames[analysis.takes]}, not at ${subjectNames[question.subject.kind]}`,
      );
    const given = withNamedAnalyses(this.#services.analyses, analysis, readOptions(analysis.options, question.options));
    const prepared = await prepare(this.#services, { ...question, options: given }, analysis);
    const options = analysis.effective?.(given, prepared.context as never) ?? given;
    const provenance = provenanceOf(question, analysis, prepared, options);
    const context = {
      ...prepared.context,
      ...this.#common(provenance, prepared.partsOf, cancelled),
      ask: this.#other(question, prepared, cancelled),
      options: parseOptions(analysis.options, options),
    };
    const code = reproduce(question, analysis, provenance, prepared, context, this.#services.settings);
    const sign = ({ data, certificate }: Outcome): Result =>
      this.#held.set(job, { data, certificate: [...certificate, ...(prepared.fresh?.(data) ?? [])], provenance, code });
    const shown = <R extends Result>(result: R): R | (Omit<R, "data"> & { readonly data: ShownData }) =>
      detail === "exact" ? result : { ...result, data: displayData(result.data) };

    const key = JSON.stringify(provenance);
    // The host may have started this question while the panel loaded.
    await this.#running.get(key);
    const known = this.#kept.get(provenance);
    if (known?.data.kind === analysis.gives) {
      replay(job, known, emit);
      return shown({ ...sign(known), cached: true, cancelled: false });
    }
    const compute = async (): Promise<Answer<AnswerData | ShownData>> => {
      const steps = analysis.run(context as never);
      for (;;) {
        const step = await steps.next();
        if (step.done) {
          if (!cancelled()) this.#kept.put(provenance, step.value);
          return shown({ ...sign(step.value), cached: false, cancelled: cancelled() });
        }
        const { progress, partial, part } = step.value;
        emit({ job, progress, ...(partial && { result: shown(sign(partial)) }), ...(part && { part }) });
      }
    };
    const computing = compute();
    this.#running.set(
      key,
      computing.catch(() => undefined),
    );
    return computing.finally(() => this.#running.delete(key));
  }

  /** The exact answer of a job, or its partial answer. */
  held(job: string): Result {
    const result = this.#held.get(job);
    if (result === undefined)
      throw new GlassboxError("input", "this answer is no longer in the engine", {
        hint: "Ask again: it is read from disk.",
      });
    return result;
  }

  /** Asks another analysis what this question is about. */
  #other(question: Question, { target }: Prepared, cancelled: () => boolean): CommonContext["ask"] {
    return async (id, gives) => {
      const { takes, needsTarget } = analysisNamed(this.#services.analyses, id);
      if (takes !== question.subject.kind) throw new TypeError(`${id} does not take a ${question.subject.kind}`);
      const job = `${question.job}, ${id}`;
      const { data } = await this.ask(
        { ...question, job, analysis: id, options: {}, target: needsTarget ? target : undefined, detail: "exact" },
        () => undefined,
        cancelled,
      );
      if (data.kind !== gives) throw new TypeError(`${id} gives ${data.kind}, not ${gives}`);
      return data as never;
    };
  }

  #common(
    { glassbox, model, subject, preparation, contract, runtime, target }: Provenance,
    partsOf: string | undefined,
    cancelled: () => boolean,
  ): Omit<CommonContext, "ask"> {
    const scope = {
      glassbox,
      model: model.sha256,
      subject: partsOf ?? subject,
      preparation,
      contract,
      runtime,
      target,
    };
    const { parts, settings } = this.#services;
    return {
      cancelled,
      memoryBudgetBytes: settings.memoryBudgetBytes,
      parts: {
        get: <Value>(key: string) => parts.get({ ...scope, key }) as Value | undefined,
        put: (key, value) => parts.put({ ...scope, key }, value),
        drop: (key) => parts.drop({ ...scope, key }),
      },
    };
  }
}

function isOutcome(value: unknown): value is Outcome {
  const { data, certificate } = (value ?? {}) as Partial<Record<keyof Outcome, unknown>>;
  return typeof data === "object" && data !== null && "kind" in data && Array.isArray(certificate);
}

const subjectNames = {
  picture: "a picture",
  data: "labelled data",
  unit: "a unit",
  prompt: "a prompt",
} as const satisfies Record<SubjectKind, string>;

const provenanceOf = (
  { model, subject: { kind } }: Question,
  { id, needsTarget }: AnyAnalysis,
  { model: sha256, subject, preparation, contract, target, runtime: { name, version: runtimeVersion } }: Prepared,
  options: Provenance["options"],
): Provenance => ({
  glassbox: version,
  model: { file: path.basename(model), sha256 },
  subject: { kind, ...subject },
  preparation,
  ...(contract !== undefined && { contract }),
  analysis: id,
  target: needsTarget ? target : undefined,
  options,
  runtime: { name, version: runtimeVersion },
});

/** Sends the parts of a cached answer again, so that a surface draws it in the same way. */
function replay(job: string, { data }: Outcome, emit: Emit): void {
  if (!("parts" in data)) return;
  data.parts.forEach((part, i) =>
    emit({ job, progress: { done: i + 1, total: data.parts.length, note: "known" }, part }),
  );
}
