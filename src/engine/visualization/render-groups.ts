import type { Objective } from "../../graph/objective.ts";
import {
  imagesAtOnce,
  siteValuesOf,
  type RenderJob,
  type OptimizerState,
} from "../../methods/visualization/optimize-images.ts";
import { planReading } from "../../methods/visualization/readout.ts";
import type { VisualizationProvenance, VisualizeOptions } from "../../protocol/visualization.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/** What a stopped growth goes on with. */
export interface Paused {
  readonly state: OptimizerState;
  readonly histories: readonly (readonly (readonly [number, number])[])[];
}

/** One objective that is still to be grown. */
export interface Task {
  readonly index: number;
  readonly objective: Objective;
  readonly provenance: VisualizationProvenance;
  readonly paused: Paused | undefined;
}

/** Objectives that grow together. */
export interface Group {
  readonly tasks: readonly Task[];
  /** Pictures that run at once; more take turns within each step. */
  readonly atOnce: number;
}

/**
 * Objectives of one form that stand at one step run together, as many as the budget holds. The pictures of one objective
 * take turns where it does not hold them all, unless they are compared.
 */
export function groupsOf(
  tasks: readonly Task[],
  renderJob: Omit<RenderJob, "objectives" | "ordinals">,
  budget: number,
  { images }: VisualizeOptions,
): Group[] {
  const alike = new Map<string, Task[]>();
  for (const task of tasks) {
    const key = JSON.stringify([
      planReading(task.objective, siteValuesOf(renderJob.network)).key,
      task.paused?.state.step ?? 0,
    ]);
    alike.set(key, [...(alike.get(key) ?? []), task]);
  }
  return [...alike.values()].flatMap((group) => {
    const compares = group[0]!.objective.terms.some(({ kind }) => kind === "diversity");
    const one = { ...renderJob, objectives: [group[0]!.objective], ordinals: [0] };
    if (compares) {
      if (imagesAtOnce(one, budget, images) < images) throw cannotCompare(renderJob, images);
      return group.map((task) => ({ tasks: [task], atOnce: images }));
    }
    const atOnce = imagesAtOnce(one, budget);
    const together = Math.max(1, Math.floor(atOnce / images));
    return Array.from({ length: Math.ceil(group.length / together) }, (_, i) => ({
      tasks: group.slice(i * together, (i + 1) * together),
      atOnce,
    }));
  });
}

function cannotCompare({ network, size }: Pick<RenderJob, "network" | "size">, images: number): GlassboxError {
  return network.source.batchable
    ? new GlassboxError(
        "resource",
        `${images} pictures of ${size.join(" × ")} that are compared with each other need more memory than they may use`,
        { hint: "Ask for fewer or smaller pictures, or allow more memory; without diversity they would take turns." },
      )
    : new GlassboxError("unsupported", "this model takes one picture at a time, so diversity cannot compare several", {
        hint: "Leave diversity out: pictures from different noise differ as well.",
      });
}

/** The growths of a group as one; nothing if any of them begins anew. */
export function joined(states: readonly (OptimizerState | undefined)[]): OptimizerState | undefined {
  const known = states.filter((state) => state !== undefined);
  if (known.length < states.length || known.length === 0) return undefined;
  const join = (part: "parameters" | "mean" | "square"): Float32Array =>
    Float32Array.from(known.flatMap((state) => Array.from(state[part])));
  return { step: known[0]!.step, parameters: join("parameters"), mean: join("mean"), square: join("square") };
}

/** One objective's part of a group's growth. */
export function sliced(state: OptimizerState, place: number, places: number): OptimizerState {
  const part = (values: Float32Array): Float32Array =>
    values.slice((place * values.length) / places, ((place + 1) * values.length) / places);
  return { step: state.step, parameters: part(state.parameters), mean: part(state.mean), square: part(state.square) };
}
