/** The word that a typo most likely meant: at most two letters are changed, added or missing. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words
    .map((other) => ({ other, distance: editDistance(word, other) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.min(2, Math.floor(word.length / 2)) ? best.other : undefined;
}

/** The Levenshtein distance, computed one row of the table at a time. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The most similar words, best first: words that contain this one, then words that differ by a few letters. */
export function nearestWords(word: string, words: readonly string[], limit = 3): readonly string[] {
  const low = word.toLowerCase();
  // A long list is first shortened by a cheap criterion: a model has thousands of sites, and this runs on every keystroke.
  const shortlist =
    words.length <= 400 ? words : [...words].sort((a, b) => sharedStart(b, word) - sharedStart(a, word)).slice(0, 400);
  return shortlist
    .map((other) => ({
      other,
      distance: other.toLowerCase().includes(low) && low !== "" ? 0.5 : editDistance(low, other.toLowerCase()),
    }))
    .filter(({ distance, other }) => distance <= Math.max(2, Math.ceil(Math.max(word.length, other.length) / 3)))
    .sort((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, limit)
    .map(({ other }) => other);
}

function sharedStart(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}
