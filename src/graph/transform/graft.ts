import type { Builder, Value } from "../builder.ts";
import type { Graph, Node, ValueName } from "../graph.ts";
import { sameShape } from "../../tensor/shape.ts";
import { prune } from "../prune.ts";

/**
 * Rebuilds the part of `graph` that `wanted` needs in `b`, with values of `b` instead of the graph's inputs. Types are
 * inferred again, so a convolutional prefix also works for images of another size. The result is `undefined` if the graph
 * contains a fixed size that the new one does not fit.
 */
export function graft(
  b: Builder,
  graph: Graph,
  given: ReadonlyMap<ValueName, Value>,
  wanted: readonly ValueName[],
): ReadonlyMap<ValueName, Value> | undefined {
  const part = prune({ ...graph, outputs: wanted }, { dropInputs: true });
  const values = new Map<ValueName, Value>(given);
  for (const [name, constant] of part.constants) values.set(name, b.constant(constant, b.fresh(`network ${name}`)));
  for (const node of part.nodes) {
    const inputs = node.inputs.map((name) => (name === null ? null : values.get(name)!));
    if (b.operators.get(node.op)?.traits?.holdsSizes && !fits(graph, node, inputs)) return undefined;
    let outputs: readonly Value[];
    try {
      outputs = b.applyAll(node.op, inputs, node.attributes, { origin: node.origin });
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) return undefined;
      throw error;
    }
    node.outputs.forEach((name, i) => values.set(name, outputs[i]!));
  }
  return values;
}

/** Whether a node with fixed sizes is applied to an input of its original size. A different batch size does not fit either. */
function fits(graph: Graph, node: Node, inputs: readonly (Value | null)[]): boolean {
  return node.inputs.every((name, i) => name === null || sameShape(graph.types.get(name)!.shape, inputs[i]!.shape));
}
