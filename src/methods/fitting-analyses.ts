import { GlassboxError } from "../tensor/errors.ts";
import type { OptionValues } from "../protocol/result.ts";
import type { AnyAnalysis } from "./analysis.ts";
import { analysisNamed } from "../protocol/analysis-named.ts";

/** The analyses that another one can ask about its own subject: they take the same, and give what it reads. */
export const fittingAnalyses = (
  all: readonly AnyAnalysis[],
  takes: AnyAnalysis["takes"],
  gives: AnyAnalysis["gives"] | undefined,
): readonly AnyAnalysis[] =>
  all.filter((each) => each.takes === takes && (gives === undefined || each.gives === gives));

/**
 * The options with each named analysis checked, and with the default in place of `""`, so that the provenance says which
 * one was asked. Throws a readable error for an analysis that does not fit.
 */
export function withNamedAnalyses(
  all: readonly AnyAnalysis[],
  { options, takes, title }: AnyAnalysis,
  values: OptionValues,
): OptionValues {
  const named = Object.entries(options).flatMap(([name, option]) => {
    if (option.kind !== "analysis") return [];
    const fitting = fittingAnalyses(all, takes, option.gives);
    const id = String(values[name]);
    const found = id === "" ? (fitting.find(({ byDefault }) => byDefault) ?? fitting[0]) : analysisNamed(all, id);
    if (found === undefined || !fitting.includes(found))
      throw new GlassboxError("option", `${title} cannot read the answer of ${id}`, {
        hint: `${name} is one of: ${fitting.map((each) => each.id).join(", ")}.`,
      });
    return [[name, found.id] as const];
  });
  return { ...values, ...Object.fromEntries(named) };
}
