import { CompletionItemKind } from "vscode-languageserver";
import { answerKind } from "../../answers/table.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Suggestion } from "./suggestion.ts";

/**
 * The readings of an analysis that claims can use, with its name as a prefix; those of heatmaps for an unknown
 * analysis.
 */
export const claimReadings = (name: string, card: AnalysisCard | undefined): readonly Suggestion[] =>
  [...(card?.readings ?? []), ...answerKind(card?.gives ?? "heatmap").readings].map(([path, words]) => ({
    label: `${name}.${path}`,
    kind: CompletionItemKind.Variable,
    words,
  }));
