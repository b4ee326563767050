import type { Shape } from "../tensor/shape.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Graph, Node, ValueName } from "../graph/graph.ts";
import { traitsOf } from "../graph/ops/table.ts";
import type { OperatorKind } from "../graph/traits.ts";

type Names = readonly string[];

const image: Readonly<Record<number, Names>> = {
  3: ["batch", "channel", "place"],
  4: ["batch", "channel", "row", "column"],
  5: ["batch", "channel", "depth", "row", "column"],
};
const sequence: Names = ["batch", "token", "feature"];
const heads: Names = ["batch", "head", "token", "feature"];
const pattern: Names = ["batch", "head", "query", "key"];

/**
 * What each axis of each value means, carried from the inputs through the operators: convolutions see
 * channels and places, transformers tokens and features, scores of attention queries and keys.
 */
export function nameAxes(graph: Graph): ReadonlyMap<ValueName, Names> {
  const named = new Map<ValueName, Names>();
  const shapeOf = (value: ValueName): Shape => graph.types.get(value)!.shape;
  for (const input of graph.inputs) named.set(input, ofInput(shapeOf(input)));
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      const names = ofOutput(node, shapeOf(output), named, shapeOf);
      named.set(output, names?.length === shapeOf(output).length ? names : byRank(shapeOf(output)));
    }
  }
  return named;
}

const ofInput = (shape: Shape): Names => (shape.length === 2 ? ["batch", "token"] : byRank(shape));

export function byRank(shape: Shape): Names {
  switch (shape.length) {
    case 0:
      return [];
    case 1:
      return ["feature"];
    case 2:
      return ["batch", "feature"];
    case 3:
      return sequence;
    case 4:
    case 5:
      return image[shape.length]!;
    default:
      return ["batch", ...shape.slice(1).map((_, i) => `axis ${i + 1}`)];
  }
}

type Named = ReadonlyMap<ValueName, Names>;
type ShapeOf = (value: ValueName) => Shape;

function ofOutput(node: Node, shape: Shape, named: Named, shapeOf: ShapeOf): Names | undefined {
  const kind = traitsOf(node.op)?.kind;
  const law = laws[node.op] ?? (kind && lawsByKind[kind]);
  const data = node.inputs.find((input): input is ValueName => input !== null && named.has(input));
  if (data === undefined) return undefined;
  if (law) return law(named.get(data)!, shapeOf(data), shape, node, named);
  const alike = node.inputs.find((input) => input !== null && named.has(input) && sameRank(shapeOf(input), shape));
  return alike ? named.get(alike) : undefined;
}

const sameRank = (a: Shape, b: Shape): boolean => a.length === b.length;

type Law = (names: Names, from: Shape, to: Shape, node: Node, named: Named) => Names | undefined;

const spatial: Law = (_names, _from, to) => image[to.length];

const laws: Readonly<Record<string, Law>> = {
  Transpose: (names, _from, to, { attributes }) => {
    const perm = (attributes["perm"] as readonly number[] | undefined) ?? to.map((_, axis) => to.length - 1 - axis);
    return asSequence(perm.map((axis) => names[axis]!));
  },
  /** Scores are made of two head tensors; a pattern times values gives a head tensor again. */
  MatMul: (names, _from, to, { inputs }, named) => {
    if (to.length !== 4) return to.length === names.length ? [...names.slice(0, -1), "feature"] : undefined;
    const both = inputs.every((input) => input !== null && named.has(input));
    return both && names.includes("head") && !names.includes("key")
      ? pattern
      : both && names.includes("key")
        ? heads
        : [...names.slice(0, -1), "feature"];
  },
  Gemm: (names) => [names[0] ?? "batch", "feature"],
  Gather: (names, from, to) => (to.length === from.length ? names : to.length === 3 ? sequence : undefined),
  Reshape: (names, from, to) => reshaped(names, from, to),
};

/** Other linear operators are convolutions. */
const lawsByKind: Partial<Record<OperatorKind, Law>> = { linear: spatial, pools: spatial, reduces: reduced };

function reduced(names: Names, _from: Shape, to: Shape, { attributes }: Node): Names | undefined {
  if (to.length === names.length) return names;
  const axes = attributes["axes"] ?? (attributes["axis"] === undefined ? undefined : [attributes["axis"]]);
  const kept = Array.isArray(axes) ? names.filter((_, axis) => !axes.includes(axis)) : undefined;
  return kept?.length === 2 && kept[1] !== "token" ? [kept[0]!, "feature"] : kept;
}

/** Leading axes that stay keep their names; the rest is split into heads, merged, or flattened. */
function reshaped(names: Names, from: Shape, to: Shape): Names | undefined {
  if (to.length === from.length && to.every((extent, axis) => extent === from[axis])) return names;
  if (to.length === 2)
    return [names[1] === "token" && to[0] === sizeOf(from.slice(0, 2)) ? "token" : "batch", "feature"];
  if (names[1] === "channel" && to.length === 3 && to[1] === from[1]) return ["batch", "channel", "place"];
  if (to.length === 4 && from.length === 3 && names.includes("token") && to[0] === from[0] && to[1] === from[1])
    return ["batch", "token", "head", "feature"];
  if (to.length === 3 && from.length === 4 && names[1] === "token" && to[0] === from[0] && to[1] === from[1])
    return sequence;
  if (to.length === 3 && from.length === 2) return sequence;
  return undefined;
}

/** Flattened places of an image that stand before their features are tokens. */
const asSequence = (names: Names): Names =>
  names.length === 3 && names[1] === "place" && names[2] === "channel" ? sequence : names;
