import path from "node:path";
import { displayData } from "../../answers/display.ts";
import type { ReadingContext } from "../../answers/reading/reader.ts";
import { answerKind, headline } from "../../answers/table.ts";
import { conclude, pathsFor, type Read } from "../../experiment/conclude.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { plan, shard, type Task } from "../../experiment/plan.ts";
import { read } from "../../answers/reading/read.ts";
import { cardsOf } from "../../methods/analysis-card.ts";
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
import type { AnswerData } from "../../protocol/answer-data.ts";
import type { Result } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Engine } from "../engine.ts";
import { asFailure } from "../failure.ts";
import { prepareInput } from "../inputs.ts";
import { loadExperiment, type Loaded } from "./load.ts";
import { maskFor } from "./masks.ts";

const open =
  ({ models }: Engine) =>
  async (model: string) =>
    (await models.open(model)).card;

export async function checkExperimentFile(
  engine: Engine,
  params: Pick<ExperimentParams, "file" | "text" | "model">,
  cancelled: () => boolean,
): Promise<readonly Problem[]> {
  return (await loadExperiment(params, cardsOf(engine.analyses), open(engine), cancelled)).problems;
}

/** Runs an experiment task by task. Earlier results are read from the cache, so an interrupted run continues. */
export async function runExperimentFile(
  engine: Engine,
  params: ExperimentParams,
  emit: (event: ExperimentEvent) => void,
  cancelled: () => boolean,
): Promise<ExperimentOutcome> {
  const cards = cardsOf(engine.analyses);
  const { loaded, problems } = await loadExperiment(params, cards, open(engine), cancelled);
  if (loaded === undefined) return { problems, ran: 0, tasks: 0, cancelled: false, claims: [] };
  const { experiment, text, inputs, model } = loaded;
  const all = plan(experiment, inputs, cards);
  const mine = shard(all, params.shard);
  const analyses = [...new Set(all.map(({ analysis }) => analysis))];
  const used = new Set(all.map(({ method }) => method));
  const { job } = params;
  const ranges = Object.fromEntries(all.map(({ analysis }) => [analysis, rangeOf(experiment, analysis)]));
  emit({
    job,
    kind: "planned",
    model,
    methods: cards.filter(({ id }) => used.has(id)),
    title: experiment.title || path.basename(params.file),
    text,
    inputs,
    tasks: all.map(cardOf),
    ranges,
  });
  const reads: Read[] = [];
  let before: { readonly input: PlannedInput; readonly prepared: PreparedInput | undefined } | undefined;
  for (const task of mine) {
    if (cancelled()) break;
    if (before?.input !== task.planned)
      before = { input: task.planned, prepared: await prepared(engine, loaded, task.planned, emit, job) };
    const context = contextOf(engine, loaded, task.planned, before.prepared);
    const paths = pathsFor(experiment, task, analyses);
    const outcome = await runTask(engine, loaded, task, { job, paths, context, emit, cancelled });
    if (outcome === undefined) break;
    reads.push({ task, readings: outcome.readings });
    const { result } = outcome;
    emit({
      job,
      kind: "done",
      outcome:
        params.detail === "exact" || result === undefined
          ? outcome
          : { ...outcome, result: { ...result, data: displayData(result.data) } },
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

const rangeOf = ({ analyses }: Experiment, name: string): Range =>
  analyses.find(({ id }) => name === id || name.startsWith(`${id}@`))!.name;

const cardOf = ({ planned: _planned, ...card }: Task): TaskCard => card;

/** Sends the picture as the model sees it, once before its tasks. If it cannot be read, its tasks say why. */
async function prepared(
  engine: Engine,
  { model, preprocessing }: Loaded,
  { name, subject }: PlannedInput,
  emit: (event: ExperimentEvent) => void,
  job: string,
): Promise<PreparedInput | undefined> {
  if (subject.kind !== "picture") return undefined;
  try {
    const input = await prepareInput(engine, { model: model.path, input: subject.input, preprocessing });
    emit({ job, kind: "input", input: name, prepared: input });
    return input;
  } catch (error) {
    if (error instanceof GlassboxError) return undefined;
    throw error;
  }
}

/** What readings need in addition to the answer. */
const contextOf = (
  { settings }: Engine,
  { model, folder }: Loaded,
  planned: PlannedInput,
  input: PreparedInput | undefined,
): ReadingContext => ({
  classNames: model.kind === "network" ? model.classes?.names : undefined,
  mask: (name) => maskFor(name, planned, folder, input?.preprocessing, settings.memoryBudgetBytes),
});

/** `undefined` if it was stopped, because partial answers are not reported. */
async function runTask(
  { asker }: Engine,
  { model, preprocessing }: Loaded,
  task: Task,
  {
    job,
    paths,
    context,
    emit,
    cancelled,
  }: {
    readonly job: string;
    readonly paths: readonly string[];
    readonly context: ReadingContext;
    readonly emit: (event: ExperimentEvent) => void;
    readonly cancelled: () => boolean;
  },
): Promise<TaskOutcome | undefined> {
  const card = cardOf(task);
  try {
    const {
      cached,
      cancelled: stopped,
      ...answer
    } = await asker.ask(
      {
        job: `${job}/${task.stem}`,
        analysis: task.method,
        model: model.path,
        subject: task.planned.subject,
        target: task.target,
        options: task.options,
        preprocessing,
        detail: "exact",
      },
      ({ progress }) => emit({ job, kind: "progress", task: card, progress }),
      cancelled,
    );
    if (stopped) return undefined;
    const result = answer as Result;
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

const partsOf = (data: AnswerData, path: string): readonly string[] =>
  answerKind(data.kind).partsOf?.(data as never, path) ?? [];
