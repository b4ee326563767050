/** Which analyses a surface asks for a picture, chosen by what they give and cost. */
import type { AnalysisCard } from "./analysis-card.ts";

/** The analysis that says what a model sees in a picture. */
export const predictionOf = (analyses: readonly AnalysisCard[]): AnalysisCard | undefined =>
  analyses.find(({ takes, gives }) => takes === "picture" && gives === "class-scores");

/** Analyses that give a map over the picture, in the order of menus. */
export const mapsOf = (analyses: readonly AnalysisCard[]): readonly AnalysisCard[] =>
  analyses.filter(({ takes, gives }) => takes === "picture" && gives === "heatmap");

/** Quick ones first: something is shown while the others still compute. */
export const cheapFirst = (analyses: readonly AnalysisCard[]): readonly AnalysisCard[] =>
  [...analyses].sort((a, b) => Number(b.quick === true) - Number(a.quick === true));
