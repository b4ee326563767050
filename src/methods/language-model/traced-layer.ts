import type { PromptContext } from "../contexts.ts";
import { patternSite, valueSite } from "./attention-patterns.ts";
import type { SiteEdit } from "./edits.ts";
import type { Trace } from "./language-model.ts";

/** The maximum size of the patterns of several layers that are traced together. A long prompt runs once for each group of layers. */
const tracedBytes = 64 << 20;

/** A run that traces a layer's attention pattern and values. */
export function traceLayer(
  { model, ids, trace }: Pick<PromptContext, "model" | "ids" | "trace">,
  layer: number,
  edits: readonly SiteEdit[],
): Promise<Trace> {
  const { layers, heads } = model.decoder;
  const group = Math.max(1, Math.min(layers, Math.floor(tracedBytes / (heads * model.filledLength(ids) ** 2 * 4))));
  const first = layer - (layer % group);
  const sites = Array.from({ length: Math.min(group, layers - first) }, (_, i) => [
    patternSite(first + i),
    valueSite(first + i),
  ]).flat();
  return trace(ids, sites, edits);
}
