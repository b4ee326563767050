import type { AnalysisData, DataOf } from "../../protocol/answer-data.ts";
import { readGrown } from "./grown.ts";
import { readHeatmap } from "./heatmap.ts";
import { readAttention, readAttentionHead } from "./attention.ts";
import { readDirectAttribution } from "./direct-attribution.ts";
import { readGenerated } from "./generated.ts";
import { readLens } from "./lens.ts";
import { readNextTokens } from "./next-tokens.ts";
import { readPatched } from "./patched.ts";
import type { Segment } from "./path.ts";
import { readPrediction } from "./prediction.ts";
import { readProbes } from "./probes.ts";
import type { Reader, ReadingContext } from "./reader.ts";

const readers: { readonly [Kind in AnalysisData["kind"]]: Reader<DataOf<Kind>> } = {
  prediction: readPrediction,
  heatmap: readHeatmap,
  probes: readProbes,
  grown: readGrown,
  "next-tokens": readNextTokens,
  generated: readGenerated,
  attention: readAttention,
  "attention-rows": readAttentionHead,
  "logit-lens": readLens,
  "direct-attribution": readDirectAttribution,
  patched: readPatched,
};

export const readData = (
  data: AnalysisData,
  first: Segment,
  rest: readonly Segment[],
  context: ReadingContext,
): unknown => (readers[data.kind] as Reader<AnalysisData>)(data, first, rest, context);
