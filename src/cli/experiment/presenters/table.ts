import type { AnalysisData } from "../../../protocol/answer-data.ts";
import { attention, attentionHead, directAttribution, lens, patched } from "./grids.ts";
import { generated } from "./generated.ts";
import { grown } from "./grown.ts";
import { heatmap } from "./heatmap.ts";
import { nextTokens } from "./next-tokens.ts";
import { prediction } from "./prediction.ts";
import type { Presenter } from "./presenter.ts";
import { probes } from "./probes.ts";

/** In the order of the report. */
const presenters: { readonly [Kind in AnalysisData["kind"]]: Presenter<Kind> } = {
  prediction,
  heatmap,
  probes,
  grown,
  "next-tokens": nextTokens,
  generated,
  attention,
  "attention-rows": attentionHead,
  "logit-lens": lens,
  "direct-attribution": directAttribution,
  patched,
};

export const kinds = Object.keys(presenters) as readonly AnalysisData["kind"][];

/** The presenter of a kind that is known only when it runs. */
export const presenterOf = (kind: AnalysisData["kind"]): Presenter<AnalysisData["kind"]> =>
  presenters[kind] as Presenter<AnalysisData["kind"]>;
