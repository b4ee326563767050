import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { DataOf, Parts } from "../../src/protocol/answer-data.ts";
import type { PatchPart } from "../../src/protocol/language-model.ts";
import type { PromptSubject } from "../../src/protocol/question.ts";
import type { OptionValues, Result } from "../../src/protocol/result.ts";
import { useAsk, type UsedAsk } from "../lib/use-ask.ts";
import { analysisGiving, differing, type LanguageKind } from "./analyses.ts";

/** What an answer grows by. */
type PartOf<K extends LanguageKind> = K extends "patched"
  ? PatchPart
  : DataOf<K> extends Parts<infer Each>
    ? Each
    : never;

/** What is known of a question about a prompt, with the data of one kind. */
export interface PromptAnswer<K extends LanguageKind> extends Omit<UsedAsk, "result" | "parts"> {
  readonly result: Result<DataOf<K>> | undefined;
  readonly parts: readonly PartOf<K>[];
}

/** Where questions go, and which there are. */
export interface Engine {
  readonly connection: MessageConnection;
  readonly model: string;
  readonly analyses: readonly AnalysisCard[];
}

export interface PromptQuestion {
  readonly subject: PromptSubject;
  readonly options: OptionValues;
  /** The flag of the analysis, where several give the same kind. */
  readonly when?: string | undefined;
}

/** Asks the analysis that gives `kind` whenever the question changes; without a question nothing is asked. */
export function usePromptAnswer<K extends LanguageKind>(
  { connection, model, analyses }: Engine,
  label: string,
  kind: K,
  question: PromptQuestion | undefined,
): PromptAnswer<K> {
  const analysis = analysisGiving(analyses, kind, question?.when);
  const asked = useAsk(
    connection,
    label,
    analysis &&
      question && {
        analysis: analysis.id,
        model,
        subject: question.subject,
        options: differing(analysis, question.options),
      },
  );
  const { result, parts } = asked;
  return {
    ...asked,
    result: result?.data.kind === kind ? (result as Result<DataOf<K>>) : undefined,
    parts: parts as readonly PartOf<K>[],
  };
}
