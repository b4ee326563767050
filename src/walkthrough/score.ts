import type { Choice, Question } from "../protocol/walkthrough.ts";

type Range = Pick<Choice, "from" | "to">;

/**
 * The score of a committed prediction: 100 within `near`, falling to 0 at five times that distance. The right choice has
 * 100, and one whose range borders on the right one's has 50.
 */
export function scoreOf({ answer }: Question, predicted: number, truth: number): number {
  if (answer.kind === "choice") {
    const right = rightChoice(answer.choices, truth);
    return predicted === right ? 100 : bordering(answer.choices[predicted], answer.choices[right]) ? 50 : 0;
  }
  const off = Math.abs(predicted - truth) / answer.near;
  return Math.round(100 * Math.min(1, Math.max(0, (5 - off) / 4)));
}

const bordering = (one: Range | undefined, other: Range | undefined): boolean =>
  one !== undefined && other !== undefined && (one.to === other.from || other.to === one.from);

/** How the score of a question is found, in words. */
export function scoreRule({ answer }: Question): string {
  if (answer.kind === "choice")
    return answer.choices.some((one) => answer.choices.some((other) => bordering(one, other)))
      ? "100 for the right choice, 50 for the one next to it"
      : "100 for the right choice";
  const unit = answer.unit && ` ${answer.unit}`;
  return `100 within ±${answer.near}${unit}, falling to 0 at ±${Number((5 * answer.near).toPrecision(3))}${unit}`;
}

/** The index of the choice whose range contains the true value; −1 if none does. */
export const rightChoice = (
  choices: readonly { readonly from: number; readonly to: number }[],
  truth: number,
): number => choices.findIndex(({ from, to }) => truth >= from && truth < to);
