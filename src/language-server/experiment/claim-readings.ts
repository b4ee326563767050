import { CompletionItemKind } from "vscode-languageserver";
import { answerKind } from "../../answers/table.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Suggestion } from "./suggestion.ts";

/** What a claim may read of an analysis, with its name before it; of an unknown analysis, what is read of maps. */
export const claimReadings = (name: string, card: AnalysisCard | undefined): readonly Suggestion[] =>
  [...(card?.readings ?? []), ...answerKind(card?.gives ?? "heatmap").readings].map(([path, words]) => ({
    label: `${name}.${path}`,
    kind: CompletionItemKind.Variable,
    words,
  }));
