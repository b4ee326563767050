import { normalizeAxis } from "../../tensor/shape.ts";
import type { Graph, Node, ValueName } from "../graph.ts";
import { coreOperators } from "../ops/table.ts";
import type { Axes } from "./axis.ts";
import { followedAxes } from "./layout.ts";

/**
 * The first node that works along the axis of the samples, so that one row's answer depends on the rows next to it: batch
 * normalisation in training mode, a mean, softmax or sum over axis 0. `undefined` if no operator names that axis; products
 * that contract it, and axes that are unknown, are not seen.
 * @param graph for two samples or more, so that the axis is there
 */
export function mixesSamples(graph: Graph, input: ValueName): Node | undefined {
  const { axes } = followedAxes(graph);
  const root = axes.get(input)?.[0]?.[0]?.root.id;
  if (root === undefined) return undefined;
  const samplesAt = (of: Axes): readonly number[] =>
    of.flatMap((axis, i) => (axis.some((factor) => factor.root.id === root && factor.extent > 1) ? [i] : []));
  // `axis` speaks of the first input: the indices of an embedding have the samples on another axis than its table.
  return graph.nodes.find((node) => {
    const own = axes.get(node.inputs[0] ?? "");
    const samples = own ? samplesAt(own) : [];
    return samples.length > 0 && worksAlong(node, own!.length, samples, () => lost(node, axes, samplesAt));
  });
}

/** An operator says the axes that it works along as `axis` or `axes`; no `axes` are all of them, if the output has none left. */
function worksAlong(node: Node, rank: number, samples: readonly number[], isLost: () => boolean): boolean {
  const { axis, axes } = node.attributes;
  if (Array.isArray(axes) && axes.length > 0)
    return axes.some((each) => typeof each === "number" && samples.includes(normalizeAxis(each, rank)));
  if ("axes" in coreOperators.get(node.op)!.attributes) return isLost();
  return typeof axis === "number" && axis < rank && axis >= -rank && samples.includes(normalizeAxis(axis, rank));
}

const lost = (node: Node, axes: ReadonlyMap<ValueName, Axes>, samplesAt: (of: Axes) => readonly number[]): boolean =>
  node.outputs.every((output) => samplesAt(axes.get(output) ?? []).length === 0);
