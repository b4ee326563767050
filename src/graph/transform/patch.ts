import { Builder, type OperatorTable, type Value } from "../builder.ts";
import { typeOf, type Graph, type ValueName } from "../graph.ts";
import type { Shape } from "../../tensor/shape.ts";

/**
 * A change of an activation x, applied where a mask is true:
 * - `set`: x ← v, exactly
 * - `add`: x ← x + v
 * - `scale`: x ← x·v
 * - `remove`: x ← x − ⟨x, u⟩u along the last axis, for a direction u of length 1
 */
export type EditKind = "set" | "add" | "scale" | "remove";

export interface Edit {
  readonly value: ValueName;
  readonly kind: EditKind;
  /** The shape of the mask, which broadcasts to the value's shape, e.g. [1, token, 1] or [1, 1, head, 1]. */
  readonly mask: Shape;
  /** The shape of v or u, which broadcasts to the value's shape. */
  readonly operand: Shape;
}

/** The names of the inputs that the edit at `index` adds. The mask is bool. */
export const editInputs = (index: number): { readonly mask: ValueName; readonly operand: ValueName } => ({
  mask: `edit ${index} mask`,
  operand: `edit ${index} operand`,
});

/**
 * Edits activations. All consumers of an edited value, sites included, see the edited one; several edits of one value
 * apply in order. Masks and operands are inputs, so one compiled program serves every patch of the same kind.
 */
export function patch(graph: Graph, edits: readonly Edit[], operators: OperatorTable): Graph {
  const b = new Builder(operators);
  b.origin = "patch";
  const changed = new Map<ValueName, Value>();
  const read = (name: ValueName): Value => changed.get(name) ?? b.value(name);
  const apply = (name: ValueName): void => {
    edits.forEach((edit, index) => {
      if (edit.value === name) changed.set(name, applied(b, read(name), edit, index));
    });
  };
  for (const { value } of edits) typeOf(graph, value);
  for (const name of graph.inputs) b.input(name, typeOf(graph, name));
  for (const [name, constant] of graph.constants) b.constant(constant, name);
  for (const name of [...graph.inputs, ...graph.constants.keys()]) apply(name);
  for (const node of graph.nodes) {
    b.applyAll(
      node.op,
      node.inputs.map((name) => (name === null ? null : read(name))),
      node.attributes,
      { names: node.outputs, origin: node.origin },
    );
    node.outputs.forEach(apply);
  }
  return {
    ...b.finish(graph.outputs.map(read)),
    sites: graph.sites.map((site) => ({ ...site, value: read(site.value).name })),
  };
}

function applied(b: Builder, x: Value, { kind, mask: maskShape, operand: operandShape }: Edit, index: number): Value {
  const names = editInputs(index);
  const mask = b.input(names.mask, { dtype: "bool", shape: maskShape });
  const operand = b.input(names.operand, { dtype: x.dtype, shape: operandShape });
  return b.where(mask, written(b, x, operand, kind), x);
}

function written(b: Builder, x: Value, operand: Value, kind: EditKind): Value {
  switch (kind) {
    case "set":
      return b.expand(operand, x.shape);
    case "add":
      return b.add(x, operand);
    case "scale":
      return b.mul(x, operand);
    case "remove":
      return b.sub(x, b.mul(b.sum(b.mul(x, operand), [x.shape.length - 1], true), operand));
  }
}
