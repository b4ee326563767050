import type { Question, Walkthrough, WalkthroughProgress } from "../../src/protocol/walkthrough.ts";
import { scoreOf } from "../../src/walkthrough/score.ts";

export const questionsOf = ({ steps }: Pick<Walkthrough, "steps">): readonly Question[] =>
  steps.flatMap(({ parts }) => parts).flatMap((part) => (part.kind === "question" ? [part.question] : []));

/** e.g. "3 of 6 predicted, mean score 74". */
export function tally(walkthrough: Walkthrough, { predictions, found }: WalkthroughProgress): string {
  const questions = questionsOf(walkthrough);
  const scores = questions.flatMap((question) => {
    const [predicted, truth] = [predictions[question.id], found[question.id]];
    return predicted === undefined || truth === undefined ? [] : [scoreOf(question, predicted, truth)];
  });
  const made = questions.filter(({ id }) => predictions[id] !== undefined).length;
  const mean = scores.length
    ? `, mean score ${Math.round(scores.reduce((sum, score) => sum + score, 0) / scores.length)} of 100`
    : "";
  return `${made} of ${questions.length} predicted${mean}`;
}
