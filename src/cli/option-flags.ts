import type { AnalysisCard, OptionCard } from "../protocol/analysis-card.ts";
import type { OptionValue, OptionValues } from "../protocol/result.ts";
import { analysisNamed } from "../protocol/analysis-named.ts";
import { flagName } from "../protocol/command-line.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Arguments, Flag, FlagTable } from "./flags.ts";

/** The analyses with these ids. Throws for an unknown id. */
export const namedAnalyses = (cards: readonly AnalysisCard[], names: readonly string[]): readonly AnalysisCard[] =>
  [...new Set(names)].map((name) => analysisNamed(cards, name));

/** The options of analyses as flags. */
export function optionFlags(cards: readonly AnalysisCard[]): FlagTable {
  const flags: Record<string, Flag> = {};
  for (const { options } of cards) for (const option of options) flags[flagName(option.name)] = flagOf(option);
  return flags;
}

function flagOf(option: OptionCard): Flag {
  const description = `${option.label}. ${option.description} ${limitsOf(option)}`;
  return option.kind === "flag"
    ? { kind: "switch", description }
    : { kind: "text", value: valueOf(option), description };
}

const valueOf = ({ kind, choices }: OptionCard): string =>
  kind === "number" ? "<number>" : choices ? `<${choices.join("|")}>` : "<text>";

function limitsOf({ kind, fallback, minimum, maximum, whole }: OptionCard): string {
  const range = kind === "number" ? `${whole ? "Whole, from" : "From"} ${minimum} to ${maximum}. ` : "";
  return `${range}Default: ${fallback === "" ? "empty" : String(fallback)}.`;
}

/** The options of one analysis that were given. */
export function optionsFor({ options }: AnalysisCard, given: Arguments): OptionValues {
  const values: Record<string, OptionValue> = {};
  for (const { name, kind } of options) {
    const value = kind === "flag" ? given.on(flagName(name)) : given.text(flagName(name));
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/**
 * Refuses an option that none of the chosen analyses has, because users would believe that an ignored option had an
 * effect.
 */
export function refuseStrayOptions(
  cards: readonly AnalysisCard[],
  chosen: readonly AnalysisCard[],
  own: FlagTable,
  given: Arguments,
): void {
  const known = { ...optionFlags(chosen), ...own };
  const stray = Object.keys(optionFlags(cards)).find((name) => given.names.has(name) && !(name in known));
  if (stray === undefined) return;
  const owners = cards
    .filter(({ options }) => options.some((option) => flagName(option.name) === stray))
    .map(({ id }) => id);
  throw new GlassboxError(
    "option",
    `--${stray} belongs to ${owners.join(" and ")}, which ${owners.length === 1 ? "is" : "are"} not asked here`,
    { hint: "Leave the flag out, or ask the analysis that has it." },
  );
}
