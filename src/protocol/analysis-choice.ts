/** Chooses the analyses that a surface asks for a picture, by their kind of answer and their cost. */
import type { AnalysisCard } from "./analysis-card.ts";

/** The analysis that predicts a picture's class. */
export const predictionOf = (analyses: readonly AnalysisCard[]): AnalysisCard | undefined =>
  analyses.find(({ takes, gives }) => takes === "picture" && gives === "model-output");

/** Analyses that return a map over the picture, in menu order. */
export const mapsOf = (analyses: readonly AnalysisCard[]): readonly AnalysisCard[] =>
  analyses.filter(({ takes, gives }) => takes === "picture" && gives === "heatmap");

/** Sorts quick analyses first, so that something is shown while the others still run. */
export const cheapFirst = (analyses: readonly AnalysisCard[]): readonly AnalysisCard[] =>
  [...analyses].sort((a, b) => Number(b.quick === true) - Number(a.quick === true));
