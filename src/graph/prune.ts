import type { Graph, ValueName } from "./graph.ts";

/**
 * Removes everything that the outputs do not need. Inputs are kept unless `dropInputs` is set: a program's inputs are its
 * signature, and a patch whose target is gone must be noticed, not vanish.
 */
export function prune(graph: Graph, { dropInputs = false } = {}): Graph {
  const needed = new Set<ValueName>(graph.outputs);
  const nodes = graph.nodes
    .filter(() => true)
    .reverse()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) if (input !== null) needed.add(input);
      return true;
    })
    .reverse();
  const inputs = dropInputs ? graph.inputs.filter((name) => needed.has(name)) : graph.inputs;
  const live = new Set<ValueName>([...inputs, ...nodes.flatMap((node) => node.outputs)]);
  for (const name of graph.constants.keys()) if (needed.has(name)) live.add(name);
  return {
    inputs,
    outputs: graph.outputs,
    nodes,
    constants: new Map([...graph.constants].filter(([name]) => live.has(name))),
    types: new Map([...graph.types].filter(([name]) => live.has(name))),
    sites: graph.sites.filter(({ value }) => live.has(value)),
  };
}
