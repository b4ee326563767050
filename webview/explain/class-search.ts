/** So many classes are listed. */
const found = 8;

/**
 * The classes that a search finds, by name or number: first the name that is the search, then names of which a word is it,
 * names of which a word begins with it, and names that contain it.
 */
export function matchingClasses(search: string, names: readonly string[] | undefined, count: number): number[] {
  const text = search.trim().toLowerCase();
  if (text === "") return [];
  if (/^\d+$/.test(text)) return Number(text) < count ? [Number(text)] : [];
  const hits = (names ?? []).flatMap((name, index) => (name.toLowerCase().includes(text) ? [index] : []));
  const rank = (index: number): number => {
    const name = ` ${names![index]!.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ")} `;
    return [name === ` ${text} `, name.includes(` ${text} `), name.includes(` ${text}`), true].indexOf(true);
  };
  const ranked = hits.map((index) => [rank(index), index] as const);
  return ranked
    .sort(([a, i], [b, j]) => a - b || i - j)
    .slice(0, found)
    .map(([, index]) => index);
}
