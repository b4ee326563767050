import { positionsOf, type Layout } from "../../graph/axes/layout.ts";
import { Builder } from "../../graph/builder.ts";
import { typeOf, type Graph, type ValueName } from "../../graph/graph.ts";
import type { Objective } from "../../graph/objective.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { graft } from "../../graph/transform/graft.ts";
import { bytesPerElement } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { stackRows } from "../../tensor/rows.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import type { Program } from "../../runtime/runtime.ts";
import type { Network } from "../network.ts";
import { Adam } from "./adam.ts";
import type { PixelCoding } from "./coding.ts";
import {
  ascentGraph,
  ascentName,
  imageName,
  mapsName,
  objectiveName,
  outputSize,
  parametersName,
  parametersShape,
  type ProgramPlan,
} from "./program.ts";
import { planReading, positionsName, readingFeeds, type Readable, type SiteValues } from "./readout.ts";
import { readLayout } from "../site-layout.ts";
import type { Recipe } from "./recipe.ts";
import { affineOf, drawPlacement, randomFor } from "./transforms.ts";

/** Images that are optimized together: one objective each, all of the same form, so that one program serves them. */
export interface RenderJob {
  readonly network: Network;
  readonly objectives: readonly Objective[];
  /** The index of each image among images with the same objective and seed. It determines the image's noise and transforms. */
  readonly ordinals: readonly number[];
  /** The number of images per run; all of them by default. Each step processes micro-batches of this size. Images that are compared with each other must be in one run. */
  readonly atOnce?: number | undefined;
  readonly coding: PixelCoding;
  readonly size: readonly [rows: number, columns: number];
  readonly steps: number;
  readonly seed: number;
  readonly recipe: Recipe;
}

/** A job without its objectives. */
export type RenderSettings = Omit<RenderJob, "objectives" | "ordinals" | "atOnce">;

/** The complete state of the optimization, from which it can be resumed exactly. */
export interface OptimizerState {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

export interface OptimizationStep extends OptimizerState {
  /** The objective under this step's transforms, one number per image. */
  readonly scores: readonly number[];
  /** The images before this step, [image, channel, row, column] in [0, 1], with channels in the model's order. */
  readonly images: Tensor;
}

/** Optimizes the images step by step. Stop consuming to pause, and pass the last state to resume. Cost: one gradient per step. */
export async function* optimizeImages(renderJob: RenderJob, from?: OptimizerState): AsyncGenerator<OptimizationStep> {
  const { network, objectives, ordinals, recipe, size, seed, steps, atOnce = objectives.length } = renderJob;
  const { plan, siteValues } = planOf(renderJob, objectives.length);
  const shape = parametersShape(plan);
  const one = sizeOf(shape.slice(1));
  const parameters = from ? from.parameters.slice() : firstParameters(shape, ordinals, seed, recipe.noise);
  const adam = new Adam(recipe.learningRate, parameters.length, from);
  const gradient = new Float32Array(parameters.length);
  const output = outputSize(plan);
  const starts = Array.from({ length: Math.ceil(objectives.length / atOnce) }, (_, i) => i * atOnce);
  const feeds = new Map<number, Map<ValueName, Tensor>>();
  // The iteration after the last step only yields the final result.
  for (let step = from?.step ?? 0; step <= steps; step++) {
    const scores: number[] = [];
    const images: Tensor[] = [];
    for (const start of starts) {
      const end = Math.min(start + atOnce, objectives.length);
      const part = { ...plan, batch: end - start };
      const program = await ascentProgram(network, part, step < recipe.redirectSteps);
      const fed =
        feeds.get(start) ??
        readingFeeds(plan.reading, objectives.slice(start, end), readShapes(program, part, network), siteValues);
      feeds.set(start, fed);
      const maps = ordinals
        .slice(start, end)
        .flatMap((ordinal) => affineOf(drawPlacement(randomFor(seed, ordinal, step), recipe.transforms), size, output));
      const own = float32(parametersShape(part), parameters.subarray(start * one, end * one));
      const fetched = await program.run(
        new Map([...fed, [parametersName, own], [mapsName, float32([part.batch, 2, 3], maps)]]),
      );
      gradient.set(fetched.get(ascentName)!.data as Float32Array, start * one);
      scores.push(...(fetched.get(objectiveName)!.data as Float32Array));
      images.push(fetched.get(imageName)!);
    }
    yield {
      step,
      parameters: parameters.slice(),
      mean: adam.mean.slice(),
      square: adam.square.slice(),
      scores,
      images: stackRows(images),
    };
    if (!gradient.every(Number.isFinite))
      throw new GlassboxError(
        "resource",
        `the network overflowed at step ${step}, so the optimization cannot continue`,
        { hint: "Use a smaller learning rate or another preset." },
      );
    if (step < steps) adam.ascend(parameters, gradient, step + 1);
  }
}

/** The initial parameters, drawn row by row, so that an image's noise does not depend on the other images. */
function firstParameters(shape: Shape, ordinals: readonly number[], seed: number, noise: number): Float32Array {
  const one = sizeOf(shape.slice(1));
  const values = new Float32Array(sizeOf(shape));
  ordinals.forEach((ordinal, row) => {
    const random = randomFor(seed, ordinal, -2);
    for (let i = 0; i < one; i++) values[row * one + i] = noise * random.normal();
  });
  return values;
}

export const siteValuesOf = (network: Network): SiteValues => ({
  site: (name) => network.site(name).value,
  logits: network.source.logits,
});

export function planOf(
  {
    network,
    objectives,
    recipe,
    coding,
    size,
  }: Pick<RenderJob, "network" | "objectives" | "recipe" | "coding" | "size">,
  batch: number,
): { readonly plan: ProgramPlan; readonly siteValues: SiteValues } {
  const siteValues = siteValuesOf(network);
  const reading = planReading(objectives[0]!, siteValues);
  if (objectives.some((objective) => planReading(objective, siteValues).key !== reading.key))
    throw new RangeError("objectives of different forms need different programs");
  return { plan: { batch, size, recipe, coding, reading, input: network.source.input }, siteValues };
}

const ascentProgram = (network: Network, plan: ProgramPlan, redirect: boolean): Promise<Program> =>
  network.program(programKey("ascent", plan, redirect), plan.batch, (graph) => ascentGraph(graph, plan, { redirect }));

export function programKey(what: string, { size, recipe, coding, reading }: ProgramPlan, redirect: boolean): string {
  const { parametrization, decay, decorrelated, range, surround, totalVariation, l2 } = recipe;
  return JSON.stringify([
    what,
    size,
    outputSize({ size, recipe }),
    coding,
    reading.key,
    parametrization,
    decay,
    decorrelated,
    range,
    surround,
    totalVariation,
    l2,
    redirect,
  ]);
}

/** How the values that are read are laid out at the size of the program: channels from the network, positions from the program's inputs. */
export function readShapes(
  program: Program,
  { reading }: ProgramPlan,
  network: Network,
): ReadonlyMap<ValueName, Readable> {
  const layouts = new Map<ValueName, Readable>();
  reading.readouts.forEach(({ value }, index) => {
    const own = readLayout(network.graph, value, network.source.logits);
    const positions = program.inputs.get(positionsName(index))?.shape[1];
    if (positions !== undefined) layouts.set(value, resized(own, positions));
    else if (!layouts.has(value)) layouts.set(value, own);
  });
  return layouts;
}

/** The layout at a program's size: a square grid of its positions, or the network's own if they are as many. */
function resized(own: Layout, positions: number): Readable {
  if (positionsOf(own) === positions) return own;
  const side = Math.sqrt(positions);
  if (own.grid === undefined || !Number.isInteger(side)) return { channels: own.channels, space: [positions] };
  const at = Int32Array.from({ length: positions }, (_, i) => i);
  return { channels: own.channels, space: [side, side], grid: { rows: side, columns: side, at } };
}

/** Whether the part of the network that is read can run at this size. */
export function runsAt(renderJob: Pick<RenderJob, "network" | "objectives" | "recipe" | "coding" | "size">): boolean {
  const { plan } = planOf(renderJob, 1);
  const b = new Builder(coreOperators);
  const [rows, columns] = outputSize(plan);
  const {
    input,
    reading: { readouts },
  } = plan;
  const { dtype, shape } = typeOf(renderJob.network.graph, input);
  const channels = plan.coding.layout === "NHWC" ? [rows, columns, shape[3]!] : [shape[1]!, rows, columns];
  return (
    graft(
      b,
      renderJob.network.graph,
      new Map([[input, b.input(input, { dtype, shape: [1, ...channels] })]]),
      readouts.map(({ value }) => value),
    ) !== undefined
  );
}

/** The number of images per run that fit the budget: all activations and their cotangents are held in memory. */
export function imagesAtOnce(renderJob: RenderJob, budgetBytes: number, most = 4): number {
  const { network } = renderJob;
  if (!network.source.batchable) return 1;
  const { plan } = planOf(renderJob, 1);
  const graph: Graph = ascentGraph(network.source.at(1), plan);
  const bytes = graph.nodes.reduce(
    (sum, { outputs }) => sum + outputs.reduce((n, name) => n + bytesOf(graph, name), 0),
    0,
  );
  return Math.max(1, Math.min(most, Math.floor(budgetBytes / 2 / bytes)));
}

function bytesOf(graph: Graph, value: ValueName): number {
  const { dtype, shape } = typeOf(graph, value);
  return sizeOf(shape) * bytesPerElement(dtype);
}
