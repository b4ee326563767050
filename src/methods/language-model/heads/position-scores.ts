import type { Tensor } from "../../../tensor/tensor.ts";

/** The mean weight of a head on one key per query, over the queries `from` ≤ query < `to` whose key exists. */
export function meanWeight(
  pattern: Tensor,
  head: number,
  [from, to]: readonly [number, number],
  keyOf: (query: number) => number,
): number {
  const [, queries, keys] = pattern.shape as [number, number, number];
  let [sum, count] = [0, 0];
  for (let query = from; query < to; query++) {
    const key = keyOf(query);
    if (key < 0 || key > query) continue;
    sum += pattern.data[(head * queries + query) * keys + key] as number;
    count++;
  }
  return count ? sum / count : 0;
}

/**
 * Where a head looks in one sequence of period T, each the mean weight over the queries of the second half.
 * The lag of a weight is the distance from query to key.
 */
export interface RepeatScores {
  /** On the token after the earlier occurrence of the query's token: lag T − 1. */
  readonly induction: number;
  /** On the earlier occurrence itself: lag T. It is also induction's control at one lag more. */
  readonly duplicate: number;
  /** Induction's control at one lag less: lag T − 2. */
  readonly shorter: number;
}

/** @param pattern [head, query, key] of start, T tokens, T tokens */
export function repeatScores(pattern: Tensor, head: number, period: number): RepeatScores {
  const second = [period + 1, 2 * period + 1] as const;
  const at = (lag: number): number => meanWeight(pattern, head, second, (query) => query - lag);
  return { induction: at(period - 1), duplicate: at(period), shorter: at(period - 2) };
}

/** Where a head looks whatever the tokens are, each the mean weight over all queries that have such a key. */
export interface PlaceScores {
  readonly self: number;
  readonly previous: number;
  readonly first: number;
}

/** @param pattern [head, query, key] */
export function placeScores(pattern: Tensor, head: number): PlaceScores {
  const queries = pattern.shape[1]!;
  return {
    self: meanWeight(pattern, head, [1, queries], (query) => query),
    previous: meanWeight(pattern, head, [1, queries], (query) => query - 1),
    // From the third token on: at the second, the first is also the previous one.
    first: meanWeight(pattern, head, [2, queries], () => 0),
  };
}

/** The mean weight at every lag from 0 to `lags` − 1, without the keys at the first token. Index: lag. */
export function lagProfile(pattern: Tensor, head: number, lags: number): Float64Array {
  const queries = pattern.shape[1]!;
  return Float64Array.from({ length: lags }, (_, lag) =>
    meanWeight(pattern, head, [lag + 1, queries], (query) => query - lag),
  );
}

/** The mean attention to earlier occurrences of the query's own token, over the queries whose token occurred before. */
export function duplicateScore(pattern: ArrayLike<number>, ids: ArrayLike<number>): number | undefined {
  let [sum, queries] = [0, 0];
  for (let query = 1; query < ids.length; query++) {
    let [weight, occurrences] = [0, 0];
    for (let earlier = 0; earlier < query; earlier++) {
      if (ids[earlier] !== ids[query]) continue;
      weight += pattern[query * ids.length + earlier]!;
      occurrences++;
    }
    if (occurrences === 0) continue;
    sum += weight;
    queries++;
  }
  return queries ? sum / queries : undefined;
}
