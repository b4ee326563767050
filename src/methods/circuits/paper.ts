import type { AnalysisCard } from "../../protocol/analysis-card.ts";

/** EAP-IG. */
export const faithPaper: NonNullable<AnalysisCard["paper"]> = {
  title: "Have Faith in Faithfulness: Going Beyond Circuit Overlap When Finding Model Mechanisms",
  authors: "Hanna, Pezzelle, Belinkov",
  year: 2024,
  link: "https://arxiv.org/abs/2403.17806",
};
