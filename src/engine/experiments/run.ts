import path from "node:path";
import { conclude, pathsFor, type Read } from "../../experiment/conclude.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { headline } from "../../experiment/headline.ts";
import { plan, shard, type Task } from "../../experiment/plan.ts";
import { read } from "../../experiment/reading.ts";
import { partsOf } from "../../experiment/readings/parts.ts";
import { analysisCards as cards } from "../../methods/analyses.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type {
  ExperimentEvent,
  ExperimentOutcome,
  ExperimentParams,
  PlannedInput,
  Problem,
  Range,
  TaskCard,
  TaskOutcome,
} from "../../protocol/experiment.ts";
import type { Subject } from "../../protocol/analysis-card.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { forDisplay } from "../display.ts";
import { asFailure } from "../failure.ts";
import type { Cancelled } from "../service.ts";
import type { Question, Services } from "./families/family.ts";
import { familyOf } from "./families/table.ts";
import { loadExperiment, type Loaded } from "./load.ts";

const open = (services: Services) => (model: string, takes: Subject) => familyOf(takes).open(services, model);

export async function checkExperimentFile(
  services: Services,
  params: Pick<ExperimentParams, "file" | "text" | "model">,
): Promise<readonly Problem[]> {
  return (await loadExperiment(params, cards, open(services))).problems;
}

/** Runs an experiment task by task. What was computed before comes from the cache, so an interrupted run goes on where it stopped. */
export async function runExperimentFile(
  services: Services,
  params: ExperimentParams,
  emit: (event: ExperimentEvent) => void,
  cancelled: Cancelled,
): Promise<ExperimentOutcome> {
  const { loaded, problems } = await loadExperiment(params, cards, open(services));
  if (loaded === undefined) return { problems, ran: 0, tasks: 0, cancelled: false, claims: [] };
  const { experiment, text, inputs, model } = loaded;
  const all = plan(experiment, inputs, cards);
  const mine = shard(all, params.shard);
  const analyses = [...new Set(all.map(({ analysis }) => analysis))];
  const used = new Set(all.map(({ method }) => method));
  const { job } = params;
  const places = Object.fromEntries(all.map(({ analysis }) => [analysis, placeOf(experiment, analysis)]));
  emit({
    job,
    kind: "planned",
    model,
    methods: cards.filter(({ id }) => used.has(id)),
    title: experiment.title || path.basename(params.file),
    text,
    inputs,
    tasks: all.map(cardOf),
    places,
  });
  const reads: Read[] = [];
  let before: { readonly input: PlannedInput; readonly prepared: PreparedInput | undefined } | undefined;
  for (const task of mine) {
    if (cancelled()) break;
    const question = questionOf(loaded, task, job);
    if (before?.input !== task.planned)
      before = { input: task.planned, prepared: await prepare(services, question, emit, job) };
    const outcome = await runTask(
      services,
      { ...question, prepared: before.prepared },
      job,
      pathsFor(experiment, task, analyses),
      emit,
      cancelled,
    );
    if (outcome === undefined) break;
    reads.push({ task, readings: outcome.readings });
    emit({
      job,
      kind: "done",
      outcome:
        params.detail === "exact" || outcome.result === undefined
          ? outcome
          : { ...outcome, result: forDisplay(outcome.result) },
    });
  }
  const stopped = reads.length < mine.length;
  return {
    problems,
    ran: reads.length,
    tasks: all.length,
    cancelled: stopped,
    claims: params.shard || stopped ? [] : conclude(experiment, reads),
  };
}

const placeOf = ({ analyses }: Experiment, name: string): Range =>
  analyses.find(({ id }) => name === id || name.startsWith(`${id}@`))!.name;

const cardOf = ({ planned: _planned, ...card }: Task): TaskCard => card;

const questionOf = ({ model, preprocessing, folder }: Loaded, task: Task, job: string): Question<Subject> => ({
  job: `${job}/${task.stem}`,
  model: model.path,
  card: model,
  preprocessing,
  folder,
  task,
  prepared: undefined,
});

/** What the model sees of an input; where it cannot be read, its tasks will say why. */
async function prepare(
  services: Services,
  question: Question<Subject>,
  emit: (event: ExperimentEvent) => void,
  job: string,
): Promise<PreparedInput | undefined> {
  const { planned } = question.task;
  try {
    const prepared = await familyOf(planned.takes).prepare?.(services, question);
    if (prepared) emit({ job, kind: "input", input: planned.name, prepared });
    return prepared;
  } catch (error) {
    if (error instanceof GlassboxError) return undefined;
    throw error;
  }
}

/** `undefined` if it was stopped: half a result is none. */
async function runTask(
  services: Services,
  question: Question<Subject>,
  job: string,
  paths: readonly string[],
  emit: (event: ExperimentEvent) => void,
  cancelled: Cancelled,
): Promise<TaskOutcome | undefined> {
  const { task } = question;
  const card = cardOf(task);
  const family = familyOf(task.planned.takes);
  try {
    const {
      result,
      cached,
      cancelled: stopped,
    } = await family.run(
      services,
      question,
      (progress) => emit({ job, kind: "progress", task: card, progress }),
      cancelled,
    );
    if (stopped) return undefined;
    const context = family.context?.(question) ?? noContext;
    const all = [...new Set(paths.flatMap((each) => [each, ...partsOf(result.data, each)]))];
    return {
      task: card,
      result,
      failure: undefined,
      headline: headline(result.data),
      cached,
      readings: all.map((each) => read(result, each, context)),
    };
  } catch (error) {
    if (cancelled()) return undefined;
    const failure = asFailure(error);
    const why = failure.what;
    return {
      task: card,
      result: undefined,
      failure,
      cached: false,
      readings: paths.map((each) => ({ path: each, value: undefined, why })),
    };
  }
}

const noContext = {
  classNames: undefined,
  mask: () => {
    throw new GlassboxError("input", "only maps over pictures have masks");
  },
};
