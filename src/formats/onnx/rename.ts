import { modelName } from "../../graph/own-name.ts";
import type { Graph, ValueName } from "../../graph/graph.ts";

/** The graph with its computed values under the file's names, where those are free. */
export function renamed(graph: Graph, names: ReadonlyMap<ValueName, string>): Graph {
  const fixed = new Set<string>([...graph.inputs, ...graph.constants.keys()]);
  const taken = new Set<string>(graph.types.keys());
  const chosen = new Map<ValueName, string>();
  for (const [value, given] of names) {
    const name = modelName(given);
    if (!graph.types.has(value) || fixed.has(value) || value === name || taken.has(name)) continue;
    taken.add(name);
    chosen.set(value, name);
  }
  const of = (value: ValueName): ValueName => chosen.get(value) ?? value;
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(of),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => (input === null ? null : of(input))),
      outputs: node.outputs.map(of),
    })),
    constants: graph.constants,
    types: new Map([...graph.types].map(([value, type]) => [of(value), type])),
    sites: graph.sites.map((site) => ({ ...site, value: of(site.value) })),
  };
}
