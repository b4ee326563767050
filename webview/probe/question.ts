import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { PanelQuestion } from "../lib/asking.ts";
import type { ProbeState } from "./state.ts";

/** The analysis whose answers this panel draws. */
export const probing = (analyses: readonly AnalysisCard[]): AnalysisCard | undefined =>
  analyses.find(({ takes, gives }) => takes === "data" && gives === "probes");

/** The options that the panel shows in a form; the sites have a menu of their own. */
export const formOptions = ({ options }: AnalysisCard): AnalysisCard["options"] =>
  options.filter(({ kind }) => kind !== "site");

export function questionOf(analysis: AnalysisCard, { model, data, label, sites, options }: ProbeState): PanelQuestion {
  const named = analysis.options.find(({ kind, many }) => kind === "site" && many);
  return {
    analysis: analysis.id,
    model,
    subject: { kind: "data", data, label },
    options: { ...options, ...(named && sites && { [named.name]: sites.join(",") }) },
  };
}
