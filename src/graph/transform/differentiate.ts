import { isFloat } from "../../tensor/dtype.ts";
import type { Builder, Value } from "../builder.ts";
import type { Node, ValueName } from "../graph.ts";
import type { BackwardLaw, Outputs } from "../operator.ts";

/**
 * Replaces the backward law of a node, by operator, site or position. Guided backpropagation, LRP and DeepLIFT are such
 * rules. `undefined` keeps the operator's own law.
 */
export type BackwardRule = (node: Node) => BackwardLaw | undefined;

export interface Cotangent {
  readonly of: Value;
  /** Has the shape of `of` and selects the linear functional of it that is differentiated. */
  readonly cotangent: Value;
}

/**
 * Reverse-mode differentiation: adds to `b` the nodes that compute Σ ⟨cotangent, ∂of/∂wrt⟩ for each value of `wrt`. They
 * use the same operators, so the result can be differentiated again. The result is `null` if nothing depends on the
 * value. `wrt` may contain any value: an input, a constant, or an inner activation.
 */
export function differentiate(
  b: Builder,
  seeds: readonly Cotangent[],
  wrt: readonly Value[],
  rule: BackwardRule = () => undefined,
): (Value | null)[] {
  const depends = dependents(b.nodes, wrt);
  const cotangents = new Map<ValueName, Value>();
  const accumulate = (name: ValueName, grad: Value): void => {
    const known = cotangents.get(name);
    cotangents.set(name, known ? b.add(known, grad) : grad);
  };
  for (const { of, cotangent } of seeds) if (depends.has(of.name)) accumulate(of.name, cotangent);

  const nodes = b.nodes.slice();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const grads = node.outputs.map((output) => cotangents.get(output) ?? null);
    const needs = node.inputs.map((input) => input !== null && depends.has(input));
    if (grads.every((grad) => grad === null) || !needs.some(Boolean)) continue;
    applyLaw(b, node, grads, needs, rule).forEach((grad, k) => {
      if (grad !== null && needs[k]) accumulate(node.inputs[k]!, grad);
    });
  }
  return wrt.map(({ name }) => cotangents.get(name) ?? null);
}

function applyLaw(
  b: Builder,
  node: Node,
  grads: readonly (Value | null)[],
  needs: readonly boolean[],
  rule: BackwardRule,
): readonly (Value | null)[] {
  const own = b.operators.get(node.op)!.backward;
  const law = rule(node) ?? (own === "none" ? undefined : (own as BackwardLaw));
  if (law === undefined) return [];
  const outputs = node.outputs.map((name) => b.value(name));
  const inputs = node.inputs.map((name) => (name === null ? undefined : b.value(name)));
  const first = grads[0] ?? (outputs[0] && isFloat(outputs[0].dtype) ? b.zeros(outputs[0]) : undefined);
  return law({
    inputs,
    outputs: outputs as readonly Value[] as Outputs<Value>,
    grads: grads as Outputs<Value | null>,
    grad: first as Value,
    attributes: node.attributes as never,
    needs,
    b,
  });
}

/** The float values that depend on any of `wrt`, including those values themselves. */
function dependents(nodes: readonly Node[], wrt: readonly Value[]): ReadonlySet<ValueName> {
  const depends = new Set<ValueName>(wrt.map(({ name }) => name));
  for (const node of nodes) {
    if (node.inputs.some((input) => input !== null && depends.has(input)))
      for (const output of node.outputs) depends.add(output);
  }
  return depends;
}
