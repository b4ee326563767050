import { prune } from "../prune.ts";
import type { Graph, Site, ValueName } from "../graph.ts";

/** Reads activations: the outputs of the new graph are `values`, and nothing else is computed. */
export const tap = (graph: Graph, values: readonly ValueName[]): Graph =>
  prune({ ...graph, outputs: [...new Set(values)] }, { dropInputs: true });

/** The site with this name. Several sites may refer to one value: a block's `resid_pre` is its predecessor's `resid_post`. */
export function siteOf(graph: Graph, name: string): Site {
  const site = graph.sites.find((candidate) => candidate.name === name);
  if (site === undefined) throw new RangeError(`the graph has no site ${name}`);
  return site;
}
