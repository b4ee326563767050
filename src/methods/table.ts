import type { AnalysisCard } from "../protocol/analysis-card.ts";
import { cardsOf } from "./analysis-card.ts";
import type { AnyAnalysis } from "./analysis.ts";
import { deconvnet } from "./attribution/deconvnet.ts";
import { gradCam } from "./attribution/grad-cam.ts";
import { gradient } from "./attribution/gradient.ts";
import { guidedBackprop } from "./attribution/guided-backprop.ts";
import { inputGradient } from "./attribution/input-gradient.ts";
import { integratedGradients } from "./attribution/integrated-gradients.ts";
import { smoothGrad } from "./attribution/smoothgrad.ts";
import { deletionInsertion } from "./evaluation/deletion-insertion.ts";
import { activationAtlas } from "./atlas/activation-atlas.ts";
import { networkDissection } from "./dissection/network-dissection.ts";
import { activationPatching } from "./language-model/activation-patching.ts";
import { attentionHead } from "./language-model/attention-head.ts";
import { attention } from "./language-model/attention.ts";
import { attributionPatching } from "./language-model/attribution-patching.ts";
import { directLogitAttribution } from "./language-model/direct-logit-attribution.ts";
import { headFunctions } from "./language-model/heads/head-functions.ts";
import { attentionRollout } from "./language-model/rollout/attention-rollout.ts";
import { compositionScores } from "./language-model/weights/composition-scores.ts";
import { headCircuit } from "./language-model/weights/head-circuit.ts";
import { headWeights } from "./language-model/weights/head-weights-table.ts";
import { generate } from "./language-model/generate.ts";
import { logitLens } from "./language-model/logit-lens.ts";
import { nextTokens } from "./language-model/next-tokens.ts";
import { edgeAttribution } from "./circuits/edge-attribution.ts";
import { edgeCircuit } from "./circuits/edge-circuit.ts";
import { prediction } from "./prediction/prediction.ts";
import { linearProbes } from "./probing/linear-probes.ts";
import { maximizedActivation } from "./visualization/maximized-activation.ts";

/** All analyses, in the order of menus. All user interfaces read this list. */
export const analyses: readonly AnyAnalysis[] = [
  prediction,
  gradient,
  inputGradient,
  smoothGrad,
  integratedGradients,
  gradCam,
  guidedBackprop,
  deconvnet,
  deletionInsertion,
  linearProbes,
  networkDissection,
  activationAtlas,
  maximizedActivation,
  nextTokens,
  generate,
  attention,
  attentionHead,
  attentionRollout,
  headFunctions,
  headWeights,
  headCircuit,
  compositionScores,
  logitLens,
  directLogitAttribution,
  activationPatching,
  attributionPatching,
  edgeAttribution,
  edgeCircuit,
];

export const analysisCards: readonly AnalysisCard[] = cardsOf(analyses);
