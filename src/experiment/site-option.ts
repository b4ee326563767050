import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";

/**
 * The analysis' option for sites, which `sites:` fills: with all sites if it takes several, else with one after
 * another.
 */
export const siteOption = ({ options }: Pick<AnalysisCard, "options">): OptionCard | undefined =>
  options.find(({ kind }) => kind === "site");
