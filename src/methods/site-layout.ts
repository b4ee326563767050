import { layoutOf, namesOf, type Layout } from "../graph/axes/layout.ts";
import { typeOf, type Graph, type Site, type ValueName } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";

/** How a site's value is read, or a sentence that says which axis is unknown. */
export function layoutAt(graph: Graph, { name, value }: Pick<Site, "name" | "value">): Layout {
  const layout = layoutOf(graph, value);
  if (layout) return layout;
  throw new GlassboxError(
    "unsupported",
    `what the axes of ${name} mean is not known: ${namesOf(graph, value).join(" × ")}`,
    { hint: "Choose a site whose axes are named; `glassbox sites` lists them." },
  );
}

/** The same for a value of the graph. */
export const siteLayout = (graph: Graph, value: ValueName): Layout =>
  layoutAt(graph, graph.sites.find((site) => site.value === value) ?? { name: value, value });

/** How an objective reads a value: a site by its axes, the logits as [batch, channel, position…]. */
export const readLayout = (graph: Graph, value: ValueName, logits: ValueName): Layout =>
  value === logits ? plainLayout(typeOf(graph, value).shape) : siteLayout(graph, value);

/** [batch, channel, position…], as a model's contract gives its logits. */
export function plainLayout(shape: Shape): Layout {
  const [batch = 1, channels = 1, ...space] = shape;
  const order = shape.map((_, axis) => axis);
  return {
    batch,
    channels,
    space,
    grid: undefined,
    digits: shape,
    order,
    axes: { batch: order.slice(0, 1), channel: order.slice(1, 2), position: order.slice(2) },
    shape,
  };
}
