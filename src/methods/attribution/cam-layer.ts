import { isWhole, type Axes, type Axis, type Root } from "../../graph/axes/axis.ts";
import { followedAxes, layoutOf } from "../../graph/axes/layout.ts";
import type { AxisReading } from "../../graph/axes/name.ts";
import { typeOf, type Graph, type Node, type Site, type ValueName } from "../../graph/graph.ts";
import { traitsOf } from "../../graph/ops/table.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Network } from "../network.ts";

/** The sites before the logits whose positions are a picture's, in the order of computation. */
export function grids({ graph, source }: Network): readonly Site[] {
  const needed = neededPositions(graph, source.logits);
  return graph.sites.filter(
    ({ value }) =>
      needed.has(value) &&
      value !== source.input &&
      value !== source.logits &&
      layoutOf(graph, value)?.grid !== undefined,
  );
}

/**
 * The last site whose grid the logits depend on. In a vision transformer that reads its class token, these are the tokens
 * before the last attention: those after it do not count. Within attention, queries, keys and values are parts of heads
 * and no layer's features. A site that already has a channel for each class is skipped: weighting it by the gradient of
 * one class would only select that channel.
 */
export function lastGrid(network: Network): Site {
  const { graph, source } = network;
  const needed = neededPositions(graph, source.logits);
  const { axes, reading } = followedAxes(graph);
  const heads = rootsSplitIntoHeads(axes, reading);
  const candidates = grids(network).filter(
    ({ value }) =>
      needed.get(value) === "all" && !axes.get(value)!.some((axis) => splitIntoHeads(axis, heads, reading)),
  );
  const channels = ({ value }: Site): number => layoutOf(graph, value)!.channels;
  const last =
    candidates.findLast((site) => channels(site) > 1 && channels(site) !== network.classes) ?? candidates.at(-1);
  if (last === undefined)
    throw new GlassboxError("unsupported", "the model has no layer with a grid of rows and columns", {
      hint: "Grad-CAM needs a layer whose positions are those of the picture; use integrated gradients or SmoothGrad.",
    });
  return last;
}

/** The roots of feature axes that a reshape somewhere splits into attention heads. */
function rootsSplitIntoHeads(axes: ReadonlyMap<ValueName, Axes>, reading: AxisReading): ReadonlySet<string> {
  const roots = new Set<string>();
  for (const own of axes.values())
    for (const factor of own.flat())
      if (!isWhole(factor) && reading.meaning(factor) === "head") roots.add(factor.root.id);
  return roots;
}

const splitIntoHeads = (axis: Axis, heads: ReadonlySet<string>, reading: AxisReading): boolean =>
  axis.some((factor) => heads.has(factor.root.id) || reading.meaning(factor) === "head");

/** Which positions of a value the logits depend on: all, or only the class token and its like. */
type Needed = "all" | "others";

function neededPositions(graph: Graph, logits: ValueName): ReadonlyMap<ValueName, Needed> {
  const { axes, reading } = followedAxes(graph);
  const needed = new Map<ValueName, Needed>([[logits, "all"]]);
  const need = (value: ValueName, what: Needed | undefined): void => {
    if (what !== undefined && needed.get(value) !== "all") needed.set(value, what);
  };
  for (const node of graph.nodes.toReversed()) {
    for (const output of node.outputs) {
      const what = needed.get(output);
      if (what === undefined) continue;
      for (const input of node.inputs)
        if (input !== null && axes.has(input))
          need(input, throughNode(graph, node, what, axes.get(input)!, axes.get(output)!, input, output, reading));
    }
  }
  return needed;
}

function throughNode(
  graph: Graph,
  node: Node,
  what: Needed,
  from: Axes,
  to: Axes,
  input: ValueName,
  output: ValueName,
  reading: AxisReading,
): Needed | undefined {
  const tokens = joinedTokens(from, reading);
  if (tokens === undefined) {
    // A piece of joined tokens of which only the others are needed is not, unless it is one of these.
    const joins = to.flat().find(({ root }) => root.parts && from.some((axis) => isPart(axis, root)));
    return joins && what === "others" && layoutOf(graph, input)?.grid ? undefined : "all";
  }
  // A product sums over the tokens of values, and reads those of keys for every query.
  const product =
    traitsOf(node.op)?.kind === "linear" && node.inputs.every((each) => each !== null && !graph.constants.has(each));
  if (product && (node.inputs[0] !== input || from.at(-1)!.some(({ root }) => root.id === tokens.id))) return "all";
  const kept = to.flat().some(({ root, side }) => root.id === tokens.id && (!side || !reading.isKey(side)));
  if (kept) return what;
  const picks =
    traitsOf(node.op)?.kind === "rearranges" &&
    sizeOf(typeOf(graph, output).shape) < sizeOf(typeOf(graph, input).shape) &&
    layoutOf(graph, output)?.grid === undefined;
  return picks ? "others" : "all";
}

/** The root of tokens that were joined of a picture's and others. */
const joinedTokens = (axes: Axes, reading: AxisReading): Root | undefined =>
  axes.flat().find(({ root, side }) => root.parts !== undefined && (!side || !reading.isKey(side)))?.root;

const isPart = (axis: Axis, { parts = [] }: Root): boolean =>
  parts.some((part) => part.length > 0 && part.every(({ root }, i) => axis[i]?.root.id === root.id));
