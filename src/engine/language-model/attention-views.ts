import {
  patternSite,
  summarizeHeads,
  strongestPairs,
  valueSite,
  valueWeighted,
} from "../../methods/language-model/attention.ts";
import { patternCheck } from "../../methods/language-model/components.ts";
import type { SiteEdit } from "../../methods/language-model/edits.ts";
import type { Trace } from "../../methods/language-model/language-model.ts";
import type {
  AttentionGlance,
  AttentionRows,
  AttentionRowsParams,
  AttentionSummary,
} from "../../protocol/language-model.ts";
import type { Check } from "../../protocol/result.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { OpenLanguageModel } from "../models/open-language-model.ts";
import { wordsOf } from "./prompts.ts";
import type { Ending, Step } from "./stream.ts";

/** Patterns of several layers are kept at once up to this size; a long prompt is run once for every group of layers. */
const tracedBytes = 64 << 20;
/** A webview draws heads this large at a glance. */
const glanceSide = 64;
const messageBytes = 240 << 10;
const listedPlaces = 20;

/** The run that holds a layer's pattern. */
function traceFor(
  { model, traces }: OpenLanguageModel,
  ids: readonly number[],
  edits: readonly SiteEdit[],
  layer: number,
): Promise<Trace> {
  const { layers, heads } = model.decoder;
  const group = Math.max(1, Math.min(layers, Math.floor(tracedBytes / (heads * model.filledLength(ids) ** 2 * 4))));
  const first = layer - (layer % group);
  const sites = Array.from({ length: Math.min(group, layers - first) }, (_, i) => [
    patternSite(first + i),
    valueSite(first + i),
  ]).flat();
  return traces.get(ids, sites, edits);
}

export async function* glance(
  open: OpenLanguageModel,
  ids: readonly number[],
  edits: readonly SiteEdit[],
  weighted: boolean,
  cancelled: () => boolean,
): AsyncGenerator<Step<AttentionGlance>, Ending<AttentionSummary>> {
  const { model } = open;
  const { layers, heads } = model.decoder;
  let check: Check | undefined;
  for (let layer = 0; layer < layers && !cancelled(); layer++) {
    const trace = await traceFor(open, ids, edits, layer);
    const pattern = trace.get(patternSite(layer));
    check = worse(check, patternCheck([pattern]));
    const shown = weighted ? valueWeighted(model, trace, layer) : pattern;
    const { planes, side, scale } = pooled(shown, weighted);
    yield {
      progress: { done: layer + 1, total: layers, note: `layer ${layer} of ${layers - 1}` },
      part: {
        layer,
        side,
        planes,
        scale,
        heads: summarizeHeads(pattern, layer).map(({ self, previous, first, spread }) => ({
          self,
          previous,
          first,
          spread,
        })),
      },
    };
  }
  return {
    data: { kind: "attention", tokens: Int32Array.from(ids), layers, heads },
    certificate: check ? [check] : [],
    words: wordsOf(open, ids),
  };
}

const worse = (a: Check | undefined, b: Check): Check =>
  a !== undefined && a.numbers["error"]! >= b.numbers["error"]! ? a : b;

/** 8-bit planes, each cell the mean of a block of places where the prompt is longer than the side. */
function pooled({ data, shape }: Tensor, weighted: boolean): { planes: Uint8Array; side: number; scale: number } {
  const [heads, tokens] = shape as [number, number];
  const side = Math.min(tokens, glanceSide);
  const cells = new Float64Array(heads * side * side);
  const edge = (i: number): number => Math.floor((i * tokens) / side);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        let sum = 0;
        for (let query = edge(row); query < edge(row + 1); query++) {
          for (let key = edge(column); key < edge(column + 1); key++)
            sum += data[(head * tokens + query) * tokens + key] as number;
        }
        cells[(head * side + row) * side + column] =
          sum / ((edge(row + 1) - edge(row)) * (edge(column + 1) - edge(column)));
      }
    }
  }
  const scale = weighted || side < tokens ? cells.reduce((max, value) => Math.max(max, value), 0) || 1 : 1;
  return { planes: Uint8Array.from(cells, (value) => Math.round((255 * value) / scale)), side, scale };
}

export async function attentionRows(
  open: OpenLanguageModel,
  ids: readonly number[],
  edits: readonly SiteEdit[],
  { layer, head, valueWeighted: weighted, from }: AttentionRowsParams,
): Promise<{ readonly data: AttentionRows; readonly certificate: readonly Check[] }> {
  const trace = await traceFor(open, ids, edits, layer);
  const pattern = trace.get(patternSite(layer));
  const shown = weighted ? valueWeighted(open.model, trace, layer) : pattern;
  const tokens = ids.length;
  const rows = Math.max(1, Math.min(tokens - from, Math.floor(messageBytes / (4 * tokens))));
  const start = (head * tokens + from) * tokens;
  return {
    data: {
      kind: "attention-rows",
      layer,
      head,
      tokens: Int32Array.from(ids),
      from,
      weights: Float32Array.from((shown.data as Float32Array).subarray(start, start + rows * tokens)),
      top: strongestPairs(shown, head, listedPlaces),
    },
    certificate: [patternCheck([pattern])],
  };
}
