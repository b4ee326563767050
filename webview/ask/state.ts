import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { ModelCard } from "../../src/protocol/model.ts";
import type { Subject, SubjectKind } from "../../src/protocol/question.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import type { PanelQuestion } from "../lib/asking.ts";
import { newPanelState, restored, type PanelState } from "../lib/panel-state.ts";

/** A question as it is being written. */
export interface Draft {
  /** The analysis' id; the first that fits the model if unset. */
  readonly analysis: string | undefined;
  readonly subject: Subject | undefined;
  /** The best class if unset. */
  readonly target: string | undefined;
  /** Those that differ from their defaults. */
  readonly options: OptionValues;
}

/** Intent only: what a reload needs to ask the same question again. The answer comes from the engine's cache. */
export interface AskState extends PanelState {
  readonly draft: Draft;
  /** The question that was asked last. */
  readonly asked: Draft | undefined;
}

export const initialState = (model: string): AskState => ({
  ...newPanelState(model),
  draft: { analysis: undefined, subject: undefined, target: undefined, options: {} },
  asked: undefined,
});

/** What was saved or asked for; analyses that there no longer are fall out. */
export function restoredState(saved: unknown, analyses: readonly AnalysisCard[]): AskState | undefined {
  const state = restored(saved, initialState);
  if (state === undefined) return undefined;
  const known = ({ analysis }: Draft): boolean => analysis === undefined || analyses.some(({ id }) => id === analysis);
  return known(state.draft) ? state : initialState(state.model);
}

const takenBy: Readonly<Record<ModelCard["kind"], readonly SubjectKind[]>> = {
  network: ["picture", "data", "unit"],
  "language-model": ["prompt"],
};

/** The analyses that fit a model, in the order of menus. */
export const fitting = (analyses: readonly AnalysisCard[], { kind }: ModelCard): readonly AnalysisCard[] =>
  analyses.filter(({ takes }) => takenBy[kind].includes(takes));

/** What an analysis looks at before anything is filled in; nothing where something must be chosen first. */
export function emptySubject(takes: SubjectKind, model: ModelCard): Subject | undefined {
  switch (takes) {
    case "picture":
      return undefined;
    case "data":
      return { kind: "data", data: "procedural:400:0" };
    case "unit":
      return { kind: "unit", objectives: [""] };
    case "prompt":
      // Without a tokenizer, prompts are token ids.
      return {
        kind: "prompt",
        prompt: model.kind === "language-model" && !model.tokenizer ? { ids: [] } : { text: "" },
      };
  }
}

/** The draft with another analysis: what it looks at stays where both look at the same kind. */
export function withAnalysis({ subject, target }: Draft, { id, takes }: AnalysisCard, model: ModelCard): Draft {
  return { analysis: id, subject: subject?.kind === takes ? subject : emptySubject(takes, model), target, options: {} };
}

/** The question of a draft; nothing while what it looks at is not filled in. */
export function questionOf(model: string, { analysis, subject, target, options }: Draft): PanelQuestion | undefined {
  if (analysis === undefined || subject === undefined || isOpen(subject)) return undefined;
  return { analysis, model, subject, target: target || undefined, options };
}

function isOpen(subject: Subject): boolean {
  switch (subject.kind) {
    case "picture":
      return false;
    case "data":
      return subject.data.trim() === "";
    case "unit":
      return subject.objectives.every((objective) => objective.trim() === "");
    case "prompt":
      return "text" in subject.prompt ? subject.prompt.text === "" : subject.prompt.ids.length === 0;
  }
}
