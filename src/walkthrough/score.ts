import type { Question } from "../protocol/walkthrough.ts";

/**
 * The score of a committed prediction: 100 within `near`, falling to 0 at five times that distance. A choice is right
 * or wrong.
 */
export function scoreOf({ answer }: Question, predicted: number, truth: number): number {
  if (answer.kind === "choice") return predicted === rightChoice(answer.choices, truth) ? 100 : 0;
  const off = Math.abs(predicted - truth) / answer.near;
  return Math.round(100 * Math.min(1, Math.max(0, (5 - off) / 4)));
}

/** The index of the choice whose range contains the true value; −1 if none does. */
export const rightChoice = (
  choices: readonly { readonly from: number; readonly to: number }[],
  truth: number,
): number => choices.findIndex(({ from, to }) => truth >= from && truth < to);
