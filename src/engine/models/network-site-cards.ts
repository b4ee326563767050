import { layoutOf, positionsOf } from "../../graph/axes/layout.ts";
import { typeOf, type Graph } from "../../graph/graph.ts";
import type { SiteCard } from "../../protocol/model.ts";

/** The cards of a network's sites. Where what an axis means is unknown, a site has no channels and no grid. */
export const networkSiteCards = (graph: Graph): readonly SiteCard[] =>
  graph.sites.map(({ name, value, axes, role }): SiteCard => {
    const layout = layoutOf(graph, value);
    return {
      name,
      ...typeOf(graph, value),
      axes,
      role,
      ...(layout && { channels: layout.channels, positions: positionsOf(layout) }),
      ...(layout?.grid && { grid: [layout.grid.rows, layout.grid.columns] }),
    };
  });
