import { Builder, type Value } from "../../graph/builder.ts";
import { typeOf, type Graph, type Site, type ValueName } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Network, RowSource } from "../network.ts";

/**
 * How the activation of a site becomes one vector a sample: the mean or the maximum over its places, or its places on a
 * coarse grid, each with its channels. Done inside the graph, so that little leaves it.
 */
export type Pooling = "mean" | "max" | "position";

export const poolings: readonly Pooling[] = ["mean", "max", "position"];

/** Cells a side that `position` keeps. */
const grid = 2;
/** One factor of [feature, feature] is held in double precision: 128 MB at this many. */
const mostFeatures = 4096;

export const pooledName = (value: ValueName, pooling: Pooling): ValueName => `${pooling} of ${value}`;

/** Adds an output [batch, feature] for each value. */
export function pooledGraph(graph: Graph, values: readonly ValueName[], pooling: Pooling): Graph {
  const b = Builder.extend(graph, coreOperators);
  b.origin = "probe";
  const pooled = [...new Set(values)].map((name) =>
    b.apply(
      "Identity",
      [pool(b, b.value(name), axesOf(graph, name), pooling)],
      {},
      { names: [pooledName(name, pooling)] },
    ),
  );
  return prune(b.finish(pooled));
}

/** The axes of places: all but batch and channels. */
function axesOf({ sites, types }: Graph, name: ValueName): readonly number[] {
  const names = sites.find(({ value }) => value === name)?.axes ?? [];
  const rank = types.get(name)!.shape.length;
  const last = names.findIndex((axis) => axis === "channel" || axis === "feature");
  const channel = last > 0 ? last : rank !== 3 ? 1 : rank - 1;
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 0 && axis !== channel);
}

function pool(b: Builder, value: Value, places: readonly number[], pooling: Pooling): Value {
  const batch = value.shape[0]!;
  const flat = (of: Value): Value => b.reshape(of, [batch, sizeOf(of.shape.slice(1))]);
  if (places.length === 0) return flat(value);
  // Channels before places are pooled: ONNX Runtime does it in its blocks of channels, which it lays out anew for a reduction, at twice the cost.
  if (pooling !== "position" && places[0] === 2)
    return flat(b.apply(pooling === "mean" ? "GlobalAveragePool" : "GlobalMaxPool", [value]));
  if (pooling !== "position")
    return flat(b.apply(pooling === "mean" ? "ReduceMean" : "ReduceMax", [value], { axes: places, keepdims: false }));
  // Each place axis is cut into cells of equal size, as nearly as whole numbers allow, and each cell is averaged.
  let cells: Value[] = [value];
  for (const axis of places) {
    const extent = value.shape[axis]!;
    const count = Math.min(grid, extent);
    cells = cells.flatMap((cell) =>
      Array.from({ length: count }, (_, i) =>
        b.slice(cell, [axis], [Math.floor((i * extent) / count)], [Math.ceil(((i + 1) * extent) / count)]),
      ),
    );
  }
  return b.concat(
    cells.map((cell) => flat(b.apply("ReduceMean", [cell], { axes: places, keepdims: false }))),
    1,
  );
}

/** How many features a site gives. */
export function featuresAt(graph: Graph, value: ValueName, pooling: Pooling): number {
  const { shape } = typeOf(graph, value);
  const places = axesOf(graph, value);
  const channels = sizeOf(shape.slice(1)) / places.reduce((n, axis) => n * shape[axis]!, 1);
  const count =
    pooling === "position" ? channels * places.reduce((n, axis) => n * Math.min(grid, shape[axis]!), 1) : channels;
  if (count > mostFeatures)
    throw new GlassboxError("option", `this site gives ${count} features`, {
      hint: `At most ${mostFeatures} are probed; choose another site, or pool by the mean.`,
    });
  return count;
}

export interface Collected {
  readonly start: number;
  readonly count: number;
  /** [row, feature] for each value asked for, in order. */
  readonly features: readonly Float32Array[];
}

/** Activations of many sites from one pass over the samples, in micro-batches; stop consuming to cancel. */
export async function* collectActivations(
  network: Network,
  values: readonly ValueName[],
  pooling: Pooling,
  rows: RowSource,
  from = 0,
): AsyncGenerator<Collected> {
  const rest: RowSource = { count: rows.count - from, rows: (start, count) => rows.rows(from + start, count) };
  const outputs = values.map((name) => pooledName(name, pooling));
  for await (const part of network.outputs(
    JSON.stringify(["probe", values, pooling]),
    (graph) => pooledGraph(graph, values, pooling),
    outputs,
    rest,
  )) {
    yield {
      start: from + part.start,
      count: part.values[0]!.shape[0]!,
      features: part.values.map(({ data }) => data as Float32Array),
    };
  }
}

const usualSites = 9;

/** Sites that are spread evenly over the depth: among the activations where there are enough, else among all; then the logits. */
export function defaultSites({ graph, source }: Network): readonly Site[] {
  const upstream = graph.sites.filter(({ value }) => value !== source.logits && value !== source.input);
  const activations = upstream.filter(({ activation }) => activation);
  const among = distinct(activations.length >= usualSites ? activations : upstream);
  const count = Math.min(usualSites, among.length);
  const spread = Array.from(
    { length: count },
    (_, i) => among[count === 1 ? 0 : Math.round((i * (among.length - 1)) / (count - 1))]!,
  );
  const logits = graph.sites.find(({ value }) => value === source.logits);
  return logits ? [...spread, logits] : spread;
}

function distinct(sites: readonly Site[]): readonly Site[] {
  const seen = new Set<ValueName>();
  return sites.filter(({ value }) => !seen.has(value) && seen.add(value));
}
