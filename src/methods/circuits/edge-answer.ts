import type { PartGraph } from "../../protocol/generic-answers.ts";
import { allEdges, nodeOf, valueOf, type Edge, type EdgeGraph, type EdgeValues } from "./edge-graph.ts";

/** The edges with the largest scores in magnitude, largest first. */
export const strongestEdges = (graph: EdgeGraph, values: EdgeValues, most: number): Edge[] =>
  allEdges(graph)
    .map((edge) => ({ edge, size: Math.abs(valueOf(graph, values, edge)) }))
    .toSorted((a, b) => b.size - a.size)
    .slice(0, most)
    .map(({ edge }) => edge);

/** Edges with their values as a graph, with the nodes that they touch, in the order of the residual stream. */
export function graphAnswer(graph: EdgeGraph, edges: readonly Edge[], values: EdgeValues, quantity: string): PartGraph {
  const parts = edges.map((edge) => {
    const receiver = graph.stages[edge.stage]!.receivers[edge.receiver]!;
    const to = nodeOf(receiver);
    const channel = receiver === to ? undefined : receiver.at(-2)!;
    const from = graph.senders[edge.sender]!;
    return { from, to, ...(channel !== undefined && { channel }), value: valueOf(graph, values, edge) };
  });
  const used = new Set(parts.flatMap(({ from, to }) => [from, to]));
  const nodes = [...graph.senders, "logits"]
    .filter((id) => used.has(id))
    .map((id) => ({ id, layer: rankOf(graph, id), value: Number.NaN }));
  return { kind: "graph", quantity, nodes, edges: parts };
}

function rankOf({ layers }: EdgeGraph, id: string): number {
  if (id === "input") return 0;
  if (id === "logits") return 1 + 2 * layers;
  const layer = Number(/\d+/.exec(id)![0]);
  return 1 + 2 * layer + (id.startsWith("m") ? 1 : 0);
}
