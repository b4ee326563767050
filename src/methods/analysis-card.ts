import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";
import type { AnyAnalysis } from "./analysis.ts";
import type { OptionTable } from "./option.ts";

export const optionCards = (options: OptionTable): readonly OptionCard[] =>
  Object.entries(options).map(([name, { ...option }]) => {
    const { parse: _parse, ...card } = option as typeof option & { readonly parse?: unknown };
    return { name, ...card };
  });

export const analysisCard = ({
  run: _run,
  python: _python,
  effective: _effective,
  options,
  ...card
}: AnyAnalysis): AnalysisCard => ({ ...card, options: optionCards(options) });
