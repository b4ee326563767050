import { Builder, type Value } from "../graph/builder.ts";
import { positionsOf, toCanonical, type Layout } from "../graph/axes/layout.ts";
import type { Graph, ValueName } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { ownName } from "../graph/own-name.ts";
import { prune } from "../graph/prune.ts";
import { sizeOf } from "../tensor/shape.ts";
import { layoutAt } from "./site-layout.ts";
import { checkFeatureCount, type Pooling } from "./traced.ts";

/** The number of cells per side for `position`. */
const grid = 2;

export const pooledName = (value: ValueName, pooling: Pooling): ValueName => ownName(`${pooling} of ${value}`);

/** Adds an output [batch, feature] for each value. Pooling happens inside the graph, so that its outputs are small. */
export function pooledGraph(graph: Graph, values: readonly ValueName[], pooling: Pooling): Graph {
  const b = Builder.extend(graph, coreOperators);
  b.origin = "probe";
  const pooled = [...new Set(values)].map((name) =>
    b.apply(
      "Identity",
      [pool(b, b.value(name), layoutNamed(graph, name), pooling)],
      {},
      { names: [pooledName(name, pooling)] },
    ),
  );
  return prune(b.finish(pooled));
}

const layoutNamed = (graph: Graph, value: ValueName): Layout =>
  layoutAt(graph, graph.sites.find((site) => site.value === value) ?? { name: value, value });

function pool(b: Builder, value: Value, layout: Layout, pooling: Pooling): Value {
  const { batch, channels, axes } = layout;
  const flat = (of: Value): Value => b.reshape(of, [batch, sizeOf(of.shape) / batch]);
  if (positionsOf(layout) === 1) return flat(toCanonical(b, value, layout));
  // Positions are averaged where they are: to bring them behind the channels first would cost as much as a layer.
  if (pooling !== "position" && axes && !isImage(axes) && axes.batch.every((axis, i) => axis === i))
    return flat(
      b.apply(pooling === "mean" ? "ReduceMean" : "ReduceMax", [value], { axes: axes.position, keepdims: false }),
    );
  // Global pooling if channels precede positions: ONNX Runtime computes it in its blocked layout, but reorders the blocks for a reduction, at twice the cost.
  const x = toCanonical(b, value, layout);
  if (pooling !== "position") return flat(b.apply(pooling === "mean" ? "GlobalAveragePool" : "GlobalMaxPool", [x]));
  return flatCells(b, onGrid(b, x, layout), [batch, channels]);
}

/** The cells of each axis of positions, of nearly equal size, each averaged: [batch, cell × channel]. */
function flatCells(b: Builder, x: Value, [batch, channels]: readonly [number, number]): Value {
  let cells: Value[] = [x];
  const axes = x.shape.map((_, axis) => axis).slice(2);
  for (const axis of axes) {
    const extent = x.shape[axis]!;
    const count = Math.min(grid, extent);
    cells = cells.flatMap((cell) =>
      Array.from({ length: count }, (_, i) =>
        b.slice(cell, [axis], [Math.floor((i * extent) / count)], [Math.ceil(((i + 1) * extent) / count)]),
      ),
    );
  }
  return b.concat(
    cells.map((cell) => b.reshape(b.apply("ReduceMean", [cell], { axes, keepdims: false }), [batch, channels])),
    1,
  );
}

/** [batch, channel, row, column] of tokens that are a picture's, without the class token. */
function onGrid(b: Builder, x: Value, { grid: picture, space }: Layout): Value {
  if (!picture || space.length === 2) return x;
  const [first] = picture.at;
  const cells = picture.rows * picture.columns;
  return b.reshape(b.slice(x, [2], [first!], [first! + cells]), [
    ...x.shape.slice(0, 2),
    picture.rows,
    picture.columns,
  ]);
}

const isImage = ({ batch, channel, position }: NonNullable<Layout["axes"]>): boolean =>
  [...batch, ...channel, ...position].every((axis, i) => axis === i);

/** The number of features of a site. */
export function featuresAt(graph: Graph, value: ValueName, pooling: Pooling): number {
  const layout = layoutNamed(graph, value);
  const { channels, grid: picture, space } = layout;
  const axes = picture && space.length !== 2 ? [picture.rows, picture.columns] : space;
  const count =
    pooling === "position" ? channels * axes.reduce((n, extent) => n * Math.min(grid, extent), 1) : channels;
  return checkFeatureCount(count);
}
