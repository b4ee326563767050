import type { Builder, Value } from "../builder.ts";
import type { Graph, Node, ValueName } from "../graph.ts";
import { sameShape } from "../../tensor/shape.ts";
import { prune } from "../prune.ts";

/**
 * Grows the part of `graph` that `wanted` needs onto values of `b`, in the place of its inputs. Types are inferred
 * anew, so a convolutional prefix also works for pictures of another size; `undefined` where a size was written
 * into the graph and the new one does not fit it.
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

/** Whether a node that holds sizes is applied to what it was made for; a changed batch in front is refused as well. */
function fits(graph: Graph, node: Node, inputs: readonly (Value | null)[]): boolean {
  return node.inputs.every((name, i) => name === null || sameShape(graph.types.get(name)!.shape, inputs[i]!.shape));
}
