import type { TokenRef } from "../../src/protocol/language-model.ts";
import { readToken } from "../../src/protocol/prompt-text.ts";

interface Named {
  readonly id: number;
  readonly text: string;
}

interface Expected {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** A token as it was written: by its id if the model expects it, since its text alone may be split differently. */
export const tokenRef = (text: string, expected: readonly Named[]): TokenRef =>
  expected.find((each) => each.text === text)?.id ?? readToken(text);

/** What the answer is compared with: the token that the corruption makes likelier by most, of those that either run expects. */
export function contrastToken(
  clean: readonly Expected[],
  corrupted: readonly Expected[],
  answer: string | undefined,
): string | undefined {
  const before = new Map(clean.map(({ id, probability }) => [id, probability]));
  const gains = corrupted
    .filter(({ text }) => text !== answer)
    .map(({ id, text, probability }) => ({ text, gain: probability - (before.get(id) ?? 0) }));
  const best = gains.sort((a, b) => b.gain - a.gain)[0];
  return best && best.gain > 0 ? best.text : clean.find(({ text }) => text !== answer)?.text;
}

/** Where the pair swaps one token for another and the answer is one of the two, this is the other: Mary or John. */
export function swappedToken(
  clean: readonly Named[],
  corrupted: readonly Named[] | undefined,
  differing: ReadonlySet<number> | undefined,
  answer: string | undefined,
): string | undefined {
  const [position] = differing?.size === 1 ? [...differing] : [];
  if (position === undefined || corrupted === undefined) return undefined;
  const [own, other] = [clean[position]?.text, corrupted[position]?.text];
  return answer === other ? own : answer === own ? other : undefined;
}
