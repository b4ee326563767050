import { bytesPerElement } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import { typeOf, type Graph, type Node, type ValueName } from "./graph.ts";
import type { OperatorTable } from "./builder.ts";

export interface PeakMemory {
  readonly bytes: number;
  /** The node that computes the largest value; unset if there is none. */
  readonly largest: Node | undefined;
}

/**
 * A lower bound on the peak memory of one run, in bytes: constants that were computed at import, plus the values that are
 * live at the same time. A value is live from the node that computes it to its last reader. Weights of the file are not
 * counted, because they are memory-mapped. A runtime takes more, never less.
 */
export function peakMemory(graph: Graph, operators: OperatorTable): PeakMemory {
  const bytesOf = (name: ValueName): number => {
    const { dtype, shape } = typeOf(graph, name);
    return sizeOf(shape) * bytesPerElement(dtype);
  };
  const last = new Map<ValueName, Node>();
  for (const node of graph.nodes) for (const input of node.inputs) if (input !== null) last.set(input, node);
  const outputs = new Set(graph.outputs);
  let held = [...graph.constants].reduce((sum, [name, { folded }]) => sum + (folded ? bytesOf(name) : 0), 0);
  let peak = held;
  let largest: { readonly node: Node; readonly bytes: number } | undefined;
  const owned = new Map<ValueName, number>(graph.inputs.map((name) => [name, bytesOf(name)]));
  for (const bytes of owned.values()) held += bytes;
  for (const node of graph.nodes) {
    // A runtime reshapes in place.
    const inPlace = operators.get(node.op)?.traits?.keepsOrder === true;
    for (const output of node.outputs) {
      const bytes = inPlace ? 0 : bytesOf(output);
      owned.set(output, bytes);
      held += bytes;
      if (bytes > (largest?.bytes ?? 0)) largest = { node, bytes };
    }
    peak = Math.max(peak, held);
    for (const input of new Set(node.inputs)) {
      if (input === null || last.get(input) !== node || outputs.has(input)) continue;
      held -= owned.get(input) ?? 0;
      owned.delete(input);
    }
  }
  return { bytes: peak, largest: largest?.node };
}
