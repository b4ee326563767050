import { GlassboxError } from "../../../tensor/errors.ts";
import { Random } from "../../../tensor/random.ts";

/** A sequence of random tokens that is said twice, and its control, in which nothing is repeated. */
export interface RepeatedPrompt {
  /** The distance between a token and its repetition. */
  readonly period: number;
  /** start, x₁ … x_T, x₁ … x_T: every x occurs exactly twice. */
  readonly repeated: readonly number[];
  /** start, x₁ … x_T, y₁ … y_T: every token occurs once. */
  readonly fresh: readonly number[];
}

const shortestPeriod = 4;
const usualPeriods = [8, 24] as const;

export interface RandomTokens {
  readonly vocabulary: number;
  readonly context: number;
  /** The first token of every sequence, e.g. the beginning of a text. */
  readonly start: number;
  /** Tokens that are not drawn besides `start`, e.g. the end of a text. */
  readonly excluded: readonly number[];
  readonly count: number;
  readonly seed: number;
}

/**
 * Repeated random tokens (Olsson et al. 2022) whose period differs from sequence to sequence, so that a head that always
 * looks back over the same distance cannot follow the repetition. The periods are spread evenly over 8 to 24 tokens, as
 * far as context and vocabulary allow.
 */
export function repeatedPrompts({
  vocabulary,
  context,
  start,
  excluded,
  count,
  seed,
}: RandomTokens): readonly RepeatedPrompt[] {
  const without = new Set([start, ...excluded]);
  const drawable = vocabulary - [...without].filter((id) => id >= 0 && id < vocabulary).length;
  const longest = Math.min(usualPeriods[1], Math.floor((context - 1) / 2), Math.floor(drawable / 2));
  if (longest < shortestPeriod)
    throw new GlassboxError(
      "unsupported",
      `repeated random tokens need a context of ${2 * shortestPeriod + 1} tokens and a vocabulary of ${2 * shortestPeriod + 1}; this model has a context of ${context} and a vocabulary of ${vocabulary}`,
    );
  const shortest = Math.min(usualPeriods[0], Math.max(shortestPeriod, Math.floor(longest / 2)));
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const period = shortest + Math.floor(((i + random.uniform()) / count) * (longest - shortest + 1));
    const drawn = distinctTokens(random, vocabulary, without, 2 * period);
    const [first, second] = [drawn.slice(0, period), drawn.slice(period)];
    return { period, repeated: [start, ...first, ...first], fresh: [start, ...first, ...second] };
  });
}

function distinctTokens(random: Random, vocabulary: number, without: ReadonlySet<number>, count: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) {
    const id = random.integer(vocabulary);
    if (!without.has(id)) drawn.add(id);
  }
  return [...drawn];
}
