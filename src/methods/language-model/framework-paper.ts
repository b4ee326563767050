import type { AnalysisCard } from "../../protocol/analysis-card.ts";

/** Where attention heads are read as OV and QK circuits, and logits as sums over components. */
export const frameworkPaper: NonNullable<AnalysisCard["paper"]> = {
  title: "A Mathematical Framework for Transformer Circuits",
  authors: "Elhage et al.",
  year: 2021,
  link: "https://transformer-circuits.pub/2021/framework/index.html",
};
