import { Builder, type Value } from "../../graph/builder.ts";
import { typeOf, type Graph, type Site, type ValueName } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Network, RowSource } from "../network.ts";

/**
 * How the activation of a site becomes one vector per sample: the mean or the maximum over its positions, or the mean over
 * each cell of a coarse grid. Pooling happens inside the graph, so that its outputs are small.
 */
export type Pooling = "mean" | "max" | "position";

export const poolings: readonly Pooling[] = ["mean", "max", "position"];

/** The number of cells per side for `position`. */
const grid = 2;
/** A limit, because one factor [feature, feature] is held in double precision: 128 MB at this number. */
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

/** The axes of positions: all except batch and channels. */
function axesOf({ sites, types }: Graph, name: ValueName): readonly number[] {
  const names = sites.find(({ value }) => value === name)?.axes ?? [];
  const rank = types.get(name)!.shape.length;
  const last = names.findIndex((axis) => axis === "channel" || axis === "feature");
  const channel = last > 0 ? last : rank !== 3 ? 1 : rank - 1;
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 0 && axis !== channel);
}

function pool(b: Builder, value: Value, axes: readonly number[], pooling: Pooling): Value {
  const batch = value.shape[0]!;
  const flat = (of: Value): Value => b.reshape(of, [batch, sizeOf(of.shape.slice(1))]);
  if (axes.length === 0) return flat(value);
  // Global pooling if channels precede positions: ONNX Runtime computes it in its blocked layout, but reorders the blocks for a reduction, at twice the cost.
  if (pooling !== "position" && axes[0] === 2)
    return flat(b.apply(pooling === "mean" ? "GlobalAveragePool" : "GlobalMaxPool", [value]));
  if (pooling !== "position")
    return flat(b.apply(pooling === "mean" ? "ReduceMean" : "ReduceMax", [value], { axes, keepdims: false }));
  // Each position axis is divided into cells of nearly equal size, and each cell is averaged.
  let cells: Value[] = [value];
  for (const axis of axes) {
    const extent = value.shape[axis]!;
    const count = Math.min(grid, extent);
    cells = cells.flatMap((cell) =>
      Array.from({ length: count }, (_, i) =>
        b.slice(cell, [axis], [Math.floor((i * extent) / count)], [Math.ceil(((i + 1) * extent) / count)]),
      ),
    );
  }
  return b.concat(
    cells.map((cell) => flat(b.apply("ReduceMean", [cell], { axes, keepdims: false }))),
    1,
  );
}

/** The number of features of a site. */
export function featuresAt(graph: Graph, value: ValueName, pooling: Pooling): number {
  const { shape } = typeOf(graph, value);
  const axes = axesOf(graph, value);
  const channels = sizeOf(shape.slice(1)) / axes.reduce((n, axis) => n * shape[axis]!, 1);
  const count =
    pooling === "position" ? channels * axes.reduce((n, axis) => n * Math.min(grid, shape[axis]!), 1) : channels;
  if (count > mostFeatures)
    throw new GlassboxError("option", `this site has ${count} features`, {
      hint: `The limit is ${mostFeatures}; choose another site, or pool by the mean.`,
    });
  return count;
}

export interface Collected {
  readonly start: number;
  readonly count: number;
  /** [row, feature] for each requested value, in order. */
  readonly features: readonly Float32Array[];
}

/** The activations of many sites from one pass over the samples, in micro-batches; stop consuming to cancel. */
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

const nonlinearities = new Set([
  "Relu",
  "Clip",
  "LeakyRelu",
  "Elu",
  "Selu",
  "Gelu",
  "Silu",
  "HardSwish",
  "HardSigmoid",
  "Sigmoid",
  "Tanh",
  "Mish",
  "PRelu",
  "Swish",
]);
const defaultSiteCount = 9;

/** Default sites, spread evenly over the depth: among the nonlinearities if there are enough of them, else among all sites; then the logits. */
export function defaultSites({ graph, source }: Network): readonly Site[] {
  const upstream = graph.sites.filter(({ value }) => value !== source.logits && value !== source.input);
  const nonlinear = upstream.filter(({ role }) => nonlinearities.has(role));
  const among = distinct(nonlinear.length >= defaultSiteCount ? nonlinear : upstream);
  const count = Math.min(defaultSiteCount, among.length);
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
