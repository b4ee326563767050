import type { PromptContext } from "../contexts.ts";
import { patternSite, valueSite } from "./attention-patterns.ts";
import type { SiteEdit } from "./edits.ts";
import type { Trace } from "./language-model.ts";

/** Patterns of several layers are kept at once up to this size; a long prompt is run once for every group of layers. */
const tracedBytes = 64 << 20;

/** The run that holds a layer's attention pattern and values. */
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
