import { Builder, type Value } from "../graph/builder.ts";
import { typeOf, type Graph, type ValueName } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { prune } from "../graph/prune.ts";
import { sizeOf } from "../tensor/shape.ts";
import { checkFeatureCount, type Pooling } from "./traced.ts";

/** The number of cells per side for `position`. */
const grid = 2;

export const pooledName = (value: ValueName, pooling: Pooling): ValueName => `${pooling} of ${value}`;

/** Adds an output [batch, feature] for each value. Pooling happens inside the graph, so that its outputs are small. */
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
  return checkFeatureCount(count);
}
