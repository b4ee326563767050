import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";

/** The option of an analysis that names sites, which `sites:` fills: all at once if it takes many, else one after another. */
export const siteOption = ({ options }: Pick<AnalysisCard, "options">): OptionCard | undefined =>
  options.find(({ kind }) => kind === "site");
