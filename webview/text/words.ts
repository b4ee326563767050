import type { Word } from "../../src/protocol/language-model.ts";

interface Named {
  readonly id: number;
  readonly text: string;
}

interface Expected {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** A token that was written: by its id where it is one that is expected (a text alone may be cut differently), or `#id`. */
export function wordOf(text: string, expected: readonly Named[]): Word {
  const id =
    expected.find((each) => each.text === text)?.id ?? (/^#\d+$/.test(text) ? Number(text.slice(1)) : undefined);
  return id ?? text;
}

/** What speaks against the answer: the token that the corruption makes likelier by most, of those that either run expects. */
export function rivalOf(
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

/** Where the pair swaps one word for another and the answer is one of the two, the rival is the other: Mary or John. */
export function swappedRival(
  clean: readonly Named[],
  corrupted: readonly Named[] | undefined,
  differing: ReadonlySet<number> | undefined,
  answer: string | undefined,
): string | undefined {
  const [place] = differing?.size === 1 ? [...differing] : [];
  if (place === undefined || corrupted === undefined) return undefined;
  const [own, other] = [clean[place]?.text, corrupted[place]?.text];
  return answer === other ? own : answer === own ? other : undefined;
}
