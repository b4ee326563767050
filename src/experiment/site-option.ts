import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";

/** The option of a method that names sites, which `sites:` fills. */
export const siteOption = ({ options }: Pick<AnalysisCard, "options">): OptionCard | undefined =>
  options.find(({ kind, name }) => kind === "text" && ["layer", "site", "sites"].includes(name));

/** Whether the option takes several sites at once, with commas between them; else the method is asked once for each. */
export const together = ({ name }: OptionCard): boolean => name === "sites";
