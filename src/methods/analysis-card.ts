import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";
import type { AnyAnalysis } from "./analysis.ts";
import type { OptionSpec } from "./option.ts";
import { fittingAnalyses } from "./fitting-analyses.ts";

/** The descriptions of analyses. An option that names one of them lists those that fit. */
export const cardsOf = (all: readonly AnyAnalysis[]): readonly AnalysisCard[] =>
  all.map(({ run: _run, python: _python, effective: _effective, options, ...card }) => ({
    ...card,
    options: Object.entries(options).map(([name, option]) => optionCard(name, option, card.takes, all)),
  }));

function optionCard(
  name: string,
  { ...option }: OptionSpec,
  takes: AnyAnalysis["takes"],
  all: readonly AnyAnalysis[],
): OptionCard {
  const { parse: _parse, ...card } = option as typeof option & { readonly parse?: unknown };
  return card.kind === "analysis"
    ? { name, ...card, choices: fittingAnalyses(all, takes, card.gives).map(({ id }) => id) }
    : { name, ...card };
}
