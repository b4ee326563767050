/** Which analyses the workbench asks, chosen by what they give. */
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { LanguageAnswer } from "../../src/protocol/answer-data.ts";
import type { OptionValues } from "../../src/protocol/result.ts";

export type LanguageKind = LanguageAnswer["kind"];

/**
 * The analysis of a prompt that gives a kind of data. Where several do they share a command: `when` is the flag of the one
 * that is meant, and without it the command's own is.
 */
export function analysisGiving(
  cards: readonly AnalysisCard[],
  kind: LanguageKind,
  when?: string,
): AnalysisCard | undefined {
  const giving = cards.filter(({ takes, gives }) => takes === "prompt" && gives === kind);
  return giving.length > 1 ? giving.find(({ command }) => command?.when === when) : giving[0];
}

/** The options that differ from the analysis' defaults. */
export const differing = ({ options }: AnalysisCard, values: OptionValues): OptionValues =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => options.find((each) => each.name === name)?.fallback !== value),
  );

/** Every option with its value, defaults filled in. */
export const withDefaults = ({ options }: AnalysisCard, values: OptionValues): OptionValues => ({
  ...Object.fromEntries(options.map(({ name, fallback }) => [name, fallback])),
  ...values,
});
