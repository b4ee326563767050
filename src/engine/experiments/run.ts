import path from "node:path";
import { conclude, pathsFor, type Read } from "../../experiment/conclude.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { plan, shard, type PlannedInput, type Task } from "../../experiment/plan.ts";
import { read, type Mask } from "../../experiment/reading.ts";
import { siteOptionOf } from "../../experiment/validate.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { ExperimentEvent, ExperimentOutcome, ExperimentParams, Problem, Range, Reading, TaskCard, TaskOutcome } from "../../protocol/experiment.ts";
import type { Result } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { forDisplay } from "../display.ts";
import { asFailure } from "../failure.ts";
import type { Cancelled, Service } from "../service.ts";
import { loadExperiment, type Loaded } from "./load.ts";
import { maskFor } from "./masks.ts";

export async function checkExperimentFile(service: Service, params: Pick<ExperimentParams, "file" | "text" | "model">): Promise<readonly Problem[]> {
  return (await loadExperiment(params, service.listMethods(), (model) => service.openModel({ model }))).problems;
}

/** Runs an experiment task by task. What was computed before comes from the cache, so an interrupted run goes on where it stopped. */
export async function runExperimentFile(service: Service, params: ExperimentParams, emit: (event: ExperimentEvent) => void, cancelled: Cancelled): Promise<ExperimentOutcome> {
  const cards = service.listMethods();
  const { loaded, problems } = await loadExperiment(params, cards, (model) => service.openModel({ model }));
  if (loaded === undefined) return { problems, ran: 0, tasks: 0, cancelled: false, claims: [] };
  const { experiment, text, inputs, model } = loaded;
  const all = plan(experiment, inputs, siteOptionOf(cards));
  const mine = shard(all, params.shard);
  const analyses = [...new Set(all.map(({ analysis }) => analysis))];
  const { job } = params;
  const places = Object.fromEntries(all.map(({ analysis }) => [analysis, placeOf(experiment, analysis)]));
  emit({ job, kind: "planned", model, title: experiment.title || path.basename(params.file), text, tasks: all.map(cardOf), places });
  const reads: Read[] = [];
  let before: { readonly input: PlannedInput; readonly prepared: PreparedInput | undefined } | undefined;
  for (const task of mine) {
    if (cancelled()) break;
    if (before?.input !== task.planned) before = { input: task.planned, prepared: await prepare(service, loaded, task, job, emit) };
    const outcome = await runTask(service, loaded, task, params, before.prepared, pathsFor(experiment, task, analyses), emit, cancelled);
    if (outcome === undefined) break;
    reads.push({ task, readings: outcome.readings });
    emit({ job, kind: "done", outcome: params.detail === "exact" || outcome.result === undefined ? outcome : { ...outcome, result: forDisplay(outcome.result) } });
  }
  const stopped = reads.length < mine.length;
  return { problems, ran: reads.length, tasks: all.length, cancelled: stopped, claims: params.shard || stopped ? [] : conclude(experiment, reads) };
}

const placeOf = ({ analyses }: Experiment, name: string): Range => analyses.find(({ id }) => name === id || name.startsWith(`${id}@`))!.name;

const cardOf = ({ planned: _planned, ...card }: Task): TaskCard => card;

/** What the model sees of an input; where it cannot be read, its tasks will say why. */
async function prepare(service: Service, { model, preprocessing }: Loaded, { planned }: Task, job: string, emit: (event: ExperimentEvent) => void): Promise<PreparedInput | undefined> {
  try {
    const prepared = await service.prepareInput({ model: model.path, input: { path: planned.path }, preprocessing });
    emit({ job, kind: "input", input: planned.name, prepared });
    return prepared;
  } catch (error) {
    if (error instanceof GlassboxError) return undefined;
    throw error;
  }
}

/** `undefined` if it was stopped: half a result is none. */
async function runTask(
  service: Service, { model, preprocessing, folder }: Loaded, task: Task, { job }: ExperimentParams, prepared: PreparedInput | undefined,
  paths: readonly string[], emit: (event: ExperimentEvent) => void, cancelled: Cancelled,
): Promise<TaskOutcome | undefined> {
  const card = cardOf(task);
  const question = { job: `${job}/${task.stem}`, model: model.path, input: { path: task.planned.path }, preprocessing, method: task.method, target: task.target, options: task.options };
  try {
    const outcome = await service.runMethod(question, ({ progress }) => emit({ job, kind: "progress", task: card, progress }), cancelled);
    if (outcome.cancelled) return undefined;
    service.keepShown(question.job, outcome.result);
    const mask = (name: string): Mask => maskFor(name, task.planned, folder, prepared?.preprocessing);
    return { task: card, result: outcome.result, failure: undefined, cached: outcome.cached, readings: readAll(outcome.result, paths, { classNames: model.classes?.names, mask }) };
  } catch (error) {
    const failure = asFailure(error);
    const why = failure.what;
    return { task: card, result: undefined, failure, cached: false, readings: paths.map((each) => ({ path: each, value: undefined, why })) };
  }
}

const readAll = (result: Result, paths: readonly string[], context: Parameters<typeof read>[2]): readonly Reading[] => paths.map((each) => read(result, each, context));
