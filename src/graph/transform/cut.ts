import { Builder, type OperatorTable } from "../builder.ts";
import { typeOf, type Graph, type ValueName } from "../graph.ts";
import { prune } from "../prune.ts";

/**
 * The part of a graph between two sets of values: `from` become inputs, `to` are the outputs. Whatever else `to` needs
 * stays an input or a constant. A caller that changes `from` many times computes everything before it only once.
 */
export function cut(
  graph: Graph,
  from: readonly ValueName[],
  to: readonly ValueName[],
  operators: OperatorTable,
): Graph {
  const given = new Set(from);
  const b = new Builder(operators);
  for (const name of graph.inputs) b.input(name, typeOf(graph, name));
  for (const name of from) if (!b.has(name)) b.input(name, typeOf(graph, name));
  for (const [name, constant] of graph.constants) if (!given.has(name)) b.constant(constant, name);
  for (const node of graph.nodes) {
    if (node.outputs.every((output) => given.has(output))) continue;
    const names = node.outputs.map((output) => (given.has(output) ? b.fresh(`unused ${output}`) : output));
    b.applyAll(
      node.op,
      node.inputs.map((name) => (name === null ? null : b.value(name))),
      node.attributes,
      { names, origin: node.origin },
    );
  }
  const known = graph.sites.filter(({ value }) => b.has(value));
  return prune({ ...b.finish(to.map((name) => b.value(name))), sites: known }, { dropInputs: true });
}

/**
 * The values besides `from` that `to` needs and that `from` does not affect: skip connections that bypass it. If `from`
 * includes them too, the cut starts there and recomputes nothing before it.
 */
export function passing(graph: Graph, from: readonly ValueName[], to: readonly ValueName[]): readonly ValueName[] {
  const given = new Set(from);
  const after = new Set(from);
  for (const node of graph.nodes) {
    if (node.inputs.some((name) => name !== null && after.has(name)))
      node.outputs.forEach((output) => after.add(output));
  }
  const needed = new Set(to);
  const found = new Set<ValueName>();
  for (const { inputs, outputs } of [...graph.nodes].reverse()) {
    if (!outputs.some((output) => needed.has(output) && !given.has(output))) continue;
    for (const name of inputs)
      if (name !== null && !graph.constants.has(name)) (after.has(name) ? needed : found).add(name);
  }
  return [...found];
}
