import path from "node:path";
import { formatObjective, type Objective } from "../../graph/objective.ts";
import { parseObjective } from "../../graph/parse-objective.ts";
import { extentOf } from "../../methods/attribution/heatmap.ts";
import { Network } from "../../methods/network.ts";
import { certify, trials, trialTransforms } from "../../methods/visualization/certificate.ts";
import { codingOf } from "../../methods/visualization/coding.ts";
import { optimizeImages, runsAt, type RenderJob } from "../../methods/visualization/optimize-images.ts";
import { imageOfRgb, rgbOf } from "../../methods/visualization/picture.ts";
import { presets } from "../../methods/visualization/recipe.ts";
import { scoreInput, scoreUnder } from "../../methods/visualization/score.ts";
import { drawPlacement, outputExtent, randomFor } from "../../methods/visualization/transforms.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type {
  GrownImage,
  VisualizationProvenance,
  VisualizationResult,
  VisualizeEvent,
  VisualizeOptions,
  VisualizeOutcome,
  VisualizeParams,
} from "../../protocol/visualization.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { visualizeExperiment } from "../experiments/experiment-text.ts";
import { loadInput, type LoadedInput } from "../inputs.ts";
import type { OpenModel, OpenModels } from "../open-models.ts";
import type { PreprocessingChoices } from "../preprocessing-choice.ts";
import { startPortableRuntime } from "../runtimes.ts";
import { version } from "../version.ts";
import { photographFiles } from "./photographs.ts";
import { groupsOf, joined, sliced, type Group, type Paused, type Task } from "./render-groups.ts";
import { Store } from "./store.ts";
import { checkedOptions } from "./visualize-options.ts";
import { visualizeCommand } from "./visualize-command.ts";

/** A new picture is sent at most so often, in milliseconds. */
const frameMs = 100;
const historyLength = 64;

/** Grows pictures for objectives, compares them with real ones, remembers what is done and what was stopped. */
export class VisualizationService {
  readonly #models: OpenModels;
  readonly #choices: PreprocessingChoices;
  readonly #budget: number;
  readonly #results: Store<VisualizationResult>;
  readonly #paused: Store<Paused>;
  /** The network of the last question whose answer does not depend on the machine, with its compiled programs. */
  #portable: Network | undefined;

  constructor({ cacheFolder, memoryBudgetBytes }: EngineSettings, models: OpenModels, choices: PreprocessingChoices) {
    this.#models = models;
    this.#choices = choices;
    this.#budget = memoryBudgetBytes;
    this.#results = new Store(path.join(cacheFolder, "visualizations"));
    this.#paused = new Store(path.join(cacheFolder, "visualizations", "paused"));
  }

  async run(
    params: VisualizeParams,
    emit: (event: VisualizeEvent) => void,
    cancelled: () => boolean,
  ): Promise<VisualizeOutcome> {
    const options = checkedOptions(params.options);
    const objectives = params.objectives.map(parseObjective);
    if (objectives.length === 0) throw new GlassboxError("option", "nothing was named to grow a picture for");
    if (options.images < 2 && objectives.some(({ terms }) => terms.some(({ kind }) => kind === "diversity"))) {
      throw new GlassboxError("option", "diversity compares pictures, and only one was asked for", {
        hint: "Ask for at least 2 of each objective.",
      });
    }
    const model = await this.#models.open(params.model);
    const { inputs, found } = await this.photographs(model, params);
    const network = options.portable ? await this.#portableOf(model.network) : model.network;
    const renderJob = fitted(this.#renderJob({ ...model, network }, inputs, options), objectives);
    const results = new Map<number, VisualizationResult>();
    const code = (objective: Objective): VisualizationResult["code"] => ({
      cli: visualizeCommand(params.model, formatObjective(objective), options, params.photographs),
      experiment: visualizeExperiment(
        params.model,
        formatObjective(objective),
        params.photographs,
        options,
        inputs[0]?.prepared.preprocessing,
      ),
    });
    const tasks: Task[] = [];
    for (const [index, objective] of objectives.entries()) {
      const provenance = this.#provenance(model, network.runtime, objective, options, inputs);
      const known = this.#results.get(provenance);
      if (known) results.set(index, { ...known, code: code(objective) });
      else tasks.push({ index, objective, provenance, paused: params.anew ? undefined : this.#paused.get(provenance) });
    }
    const cached = tasks.length === 0;
    const total = tasks.length * options.steps;
    let before = 0;
    for (const group of groupsOf(tasks, renderJob, this.#budget, options)) {
      if (cancelled()) break;
      const started = before;
      const { tasks: own } = group;
      before += own.length * options.steps;
      const say = (step: number, frame: VisualizeEvent["frame"]): void =>
        emit({
          job: params.job,
          progress: {
            done: started + own.length * step,
            total,
            note: `${step} of ${options.steps} steps${objectives.length > 1 ? `, ${results.size + own.length} of ${objectives.length} units` : ""}`,
          },
          frame,
        });
      const optimized = await this.#optimizeGroup(group, renderJob, options, say, cancelled);
      for (const [place, { index, objective, provenance }] of own.entries()) {
        const data = {
          objective: formatObjective(objective),
          images: await this.#judged(optimized[place]!, objective, renderJob, options),
          photographs: await scored(renderJob, objective, inputs),
          photographsFound: found,
        };
        const result: VisualizationResult = {
          data,
          certificate: certify(
            data.images,
            data.photographs.map(({ activation }) => activation),
            found,
          ),
          provenance,
          code: code(objective),
        };
        if (!cancelled()) {
          this.#results.put(provenance, result);
          this.#paused.drop(provenance);
        }
        results.set(index, result);
      }
    }
    return {
      results: [...results].sort(([a], [b]) => a - b).map(([, result]) => result),
      cancelled: cancelled(),
      cached,
    };
  }

  /** Real pictures as the model takes them. What cannot be read is left out, and counted as found. */
  async photographs(
    model: OpenModel,
    { photographs, preprocessing }: Pick<VisualizeParams, "photographs" | "preprocessing">,
  ): Promise<{ readonly inputs: readonly (LoadedInput & { readonly path: string })[]; readonly found: number }> {
    const inputs: (LoadedInput & { readonly path: string })[] = [];
    const { files, found } = photographFiles(photographs);
    for (const file of files) {
      try {
        inputs.push({ ...(await loadInput(model, { path: file }, this.#choices, preprocessing)), path: file });
      } catch (error) {
        if (
          !(error instanceof GlassboxError) ||
          (inputs.length === 0 && error.kind !== "input" && error.kind !== "file")
        )
          throw error;
      }
    }
    if (inputs.length === 0)
      throw new GlassboxError("input", "no real picture could be read to compare with", {
        hint: "Give a folder of pictures.",
      });
    return { inputs, found };
  }

  async #portableOf({ source }: Network): Promise<Network> {
    const runtime = await startPortableRuntime();
    if (this.#portable?.source !== source) {
      void this.#portable?.release();
      this.#portable = new Network(source, runtime, this.#budget);
    }
    return this.#portable;
  }

  #renderJob(
    { network, card }: OpenModel,
    inputs: readonly LoadedInput[],
    options: VisualizeOptions,
  ): Omit<RenderJob, "objectives" | "ordinals"> {
    const preprocessing = inputs[0]?.prepared.preprocessing;
    if (preprocessing === undefined)
      throw new GlassboxError("unsupported", `${card.name} does not take pictures, so no picture can be grown for it`);
    const { preset, size, steps, seed, learningRate, totalVariation, l2, range } = options;
    const recipe = { ...presets[preset], totalVariation, l2, range, ...(learningRate > 0 && { learningRate }) };
    return { network, coding: codingOf(preprocessing), size: [size, size], steps, seed, recipe };
  }

  async #optimizeGroup(
    { tasks: group, atOnce }: Group,
    renderJob: Omit<RenderJob, "objectives" | "ordinals">,
    options: VisualizeOptions,
    say: (step: number, frame: VisualizeEvent["frame"]) => void,
    cancelled: () => boolean,
  ): Promise<Omit<GrownImage, "activation" | "underTransforms">[][]> {
    const each = options.images;
    const rows = group.flatMap(({ objective }) => Array.from({ length: each }, () => objective));
    const ordinals = group.flatMap(() => Array.from({ length: each }, (_, image) => image));
    const histories: [number, number][][] = rows.map((_, row) => [
      ...((group[Math.floor(row / each)]!.paused?.histories[row % each] ?? []) as [number, number][]),
    ]);
    const stride = Math.max(1, Math.ceil(options.steps / historyLength));
    let last: Awaited<ReturnType<ReturnType<typeof optimizeImages>["next"]>>["value"] | undefined;
    let sent = -Infinity;
    for await (const step of optimizeImages(
      { ...renderJob, objectives: rows, ordinals, atOnce },
      joined(group.map(({ paused }) => paused?.state)),
    )) {
      last = step;
      const done = step.step === options.steps;
      step.scores.forEach(
        (score, row) =>
          (step.step % stride === 0 || done) &&
          histories[row]!.at(-1)?.[0] !== step.step &&
          histories[row]!.push([step.step, score]),
      );
      const due = performance.now() - sent >= frameMs || done;
      if (due) {
        sent = performance.now();
        rows.forEach((_, row) =>
          say(step.step, {
            objective: group[Math.floor(row / each)]!.index,
            image: row % each,
            step: step.step,
            score: step.scores[row]!,
            picture: { ...extent(renderJob), rgb: rgbOf(step.images, row, renderJob.coding) },
          }),
        );
      }
      if (cancelled() && !done) {
        group.forEach(({ provenance }, place) =>
          this.#paused.put(provenance, {
            state: sliced(step, place, group.length),
            histories: histories.slice(place * each, (place + 1) * each),
          }),
        );
        break;
      }
    }
    const { images } = last as { images: Parameters<typeof rgbOf>[0] };
    return group.map((_, place) =>
      Array.from({ length: each }, (__, image) => ({
        picture: { ...extent(renderJob), rgb: rgbOf(images, place * each + image, renderJob.coding) },
        history: histories[place * each + image]!,
      })),
    );
  }

  async #judged(
    images: readonly Omit<GrownImage, "activation" | "underTransforms">[],
    objective: Objective,
    renderJob: Omit<RenderJob, "objectives" | "ordinals">,
    { seed }: VisualizeOptions,
  ): Promise<GrownImage[]> {
    const judged: GrownImage[] = [];
    for (const image of images) {
      const placements = [
        undefined,
        ...Array.from({ length: trials }, (_, trial) => drawPlacement(randomFor(seed, trial, -3), trialTransforms)),
      ];
      const [activation, ...underTransforms] = await scoreUnder(
        { ...renderJob, ordinals: [0] },
        objective,
        imageOfRgb(image.picture.rgb, renderJob.size, renderJob.coding),
        placements,
      );
      judged.push({ ...image, activation: activation!, underTransforms });
    }
    return judged;
  }

  #provenance(
    { card }: OpenModel,
    { name, version: runtimeVersion }: Runtime,
    objective: Objective,
    options: VisualizeOptions,
    inputs: readonly LoadedInput[],
  ): VisualizationProvenance {
    const { reason: _reason, source: _source, ...preprocessing } = inputs[0]!.prepared.preprocessing!;
    return {
      glassbox: version,
      model: { file: path.basename(card.path), sha256: card.sha256 },
      objective: formatObjective(objective),
      options,
      preprocessing: JSON.stringify(preprocessing),
      photographs: inputs.map(({ prepared }) => prepared.sha256.slice(0, 12)).join(" "),
      runtime: { name, version: runtimeVersion },
    };
  }
}

const extent = ({
  size: [height, width],
}: Pick<RenderJob, "size">): { readonly width: number; readonly height: number } => ({ width, height });

/** The size that was asked for; where the network works at one size only, the one whose transforms end in that. */
function fitted(
  renderJob: Omit<RenderJob, "objectives" | "ordinals">,
  objectives: readonly Objective[],
): Omit<RenderJob, "objectives" | "ordinals"> {
  const { network, recipe } = renderJob;
  if (objectives.every((objective) => runsAt({ ...renderJob, objectives: [objective] }))) return renderJob;
  const [rows, columns] = extentOf(network);
  const extra = outputExtent(0, recipe.transforms);
  return { ...renderJob, size: [rows - extra, columns - extra] };
}

async function scored(
  { network }: Pick<RenderJob, "network">,
  objective: Objective,
  inputs: readonly LoadedInput[],
): Promise<{ name: string; activation: number }[]> {
  const scores: { name: string; activation: number }[] = [];
  for (const { tensor, prepared } of inputs)
    scores.push({ name: prepared.name, activation: await scoreInput(network, objective, tensor) });
  return scores;
}
