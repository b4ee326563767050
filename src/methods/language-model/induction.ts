/**
 * The mean attention of a head to tokens after earlier occurrences of the query's token, over the queries whose token
 * occurred before; `undefined` if there are none. On repeated text, an induction head scores near 1 (Elhage et al. 2021,
 * "A Mathematical Framework for Transformer Circuits"; Olsson et al. 2022).
 * @param pattern weights by [query, key] of one head
 * @param ids the prompt's tokens
 */
export function inductionScore(pattern: ArrayLike<number>, ids: ArrayLike<number>): number | undefined {
  let [sum, queries] = [0, 0];
  for (let query = 1; query < ids.length; query++) {
    let [followed, occurrences] = [0, 0];
    for (let earlier = 0; earlier < query; earlier++) {
      if (ids[earlier] !== ids[query]) continue;
      followed += pattern[query * ids.length + earlier + 1]!;
      occurrences++;
    }
    if (occurrences === 0) continue;
    sum += followed;
    queries++;
  }
  return queries ? sum / queries : undefined;
}
