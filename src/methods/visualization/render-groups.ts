import type { Objective } from "../../graph/objective.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { extentOf } from "../attribution/heatmap.ts";
import { imagesAtOnce, runsAt, siteValuesOf, type OptimizerState, type RenderSettings } from "./optimize-images.ts";
import { planReading } from "./readout.ts";
import { outputExtent } from "./transforms.ts";

/** The state from which a stopped optimization is resumed. */
export interface Paused {
  readonly state: OptimizerState;
  /** The history of each image. */
  readonly histories: readonly (readonly (readonly [step: number, score: number])[])[];
}

/** One objective whose images are still to be optimized. */
export interface RenderTask {
  /** The index among the objectives of the question. */
  readonly index: number;
  readonly objective: Objective;
  readonly paused: Paused | undefined;
}

/** Objectives whose images are optimized together. */
export interface RenderGroup {
  readonly settings: RenderSettings;
  readonly tasks: readonly RenderTask[];
  /** The number of images per objective. */
  readonly images: number;
  /** The number of images per run; more images are processed in turns within each step. */
  readonly atOnce: number;
}

export const comparesImages = ({ terms }: Objective): boolean => terms.some(({ kind }) => kind === "diversity");

/**
 * Groups objectives of the same form, size and step, as many as fit the budget. If the images of one objective do not fit
 * together, they are processed in turns, unless they are compared with each other.
 */
export function groupsOf(
  tasks: readonly RenderTask[],
  wanted: RenderSettings,
  budgetBytes: number,
  images: number,
): RenderGroup[] {
  const alike = new Map<string, { readonly settings: RenderSettings; readonly tasks: RenderTask[] }>();
  for (const task of tasks) {
    const settings = fitted(wanted, task.objective);
    const { key: form } = planReading(task.objective, siteValuesOf(settings.network));
    const key = JSON.stringify([form, settings.size, task.paused?.state.step ?? 0]);
    const group = alike.get(key) ?? { settings, tasks: [] };
    group.tasks.push(task);
    alike.set(key, group);
  }
  return [...alike.values()].flatMap(({ settings, tasks: group }) => {
    const { objective } = group[0]!;
    const one = { ...settings, objectives: [objective], ordinals: [0] };
    if (comparesImages(objective)) {
      if (imagesAtOnce(one, budgetBytes, images) < images) throw cannotCompare(settings, images);
      return group.map((task) => ({ settings, tasks: [task], images, atOnce: images }));
    }
    const atOnce = imagesAtOnce(one, budgetBytes);
    const together = Math.max(1, Math.floor(atOnce / images));
    return Array.from({ length: Math.ceil(group.length / together) }, (_, i) => ({
      settings,
      tasks: group.slice(i * together, (i + 1) * together),
      images,
      atOnce,
    }));
  });
}

/** The requested size; if the network works at one size only, the size that the transforms map to it. */
function fitted(settings: RenderSettings, objective: Objective): RenderSettings {
  if (runsAt({ ...settings, objectives: [objective] })) return settings;
  const [rows, columns] = extentOf(settings.network);
  const extra = outputExtent(0, settings.recipe.transforms);
  return { ...settings, size: [rows - extra, columns - extra] };
}

function cannotCompare({ network, size }: RenderSettings, images: number): GlassboxError {
  return network.source.batchable
    ? new GlassboxError(
        "resource",
        `${images} pictures of ${size.join(" × ")} that are compared with each other need more memory than the budget allows`,
        {
          hint: "Ask for fewer or smaller pictures, or raise the memory budget; without diversity they would run in turns.",
        },
      )
    : new GlassboxError("unsupported", "this model takes one picture at a time, so diversity cannot compare several", {
        hint: "Leave diversity out: pictures from different noise differ as well.",
      });
}

/** Joins the states of a group's objectives; `undefined` if any of them starts from scratch. */
export function joined(states: readonly (OptimizerState | undefined)[]): OptimizerState | undefined {
  const known = states.filter((state) => state !== undefined);
  if (known.length < states.length || known.length === 0) return undefined;
  const join = (part: "parameters" | "mean" | "square"): Float32Array =>
    Float32Array.from(known.flatMap((state) => Array.from(state[part])));
  return { step: known[0]!.step, parameters: join("parameters"), mean: join("mean"), square: join("square") };
}

/** One objective's part of a group's state. */
export function sliced(state: OptimizerState, index: number, objectives: number): OptimizerState {
  const part = (values: Float32Array): Float32Array =>
    values.slice((index * values.length) / objectives, ((index + 1) * values.length) / objectives);
  return { step: state.step, parameters: part(state.parameters), mean: part(state.mean), square: part(state.square) };
}
