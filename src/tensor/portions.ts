/** Splits the items, in order, into portions whose sizes add up to at most `most`. An item above `most` gets a portion of its own. */
export function portions<T>(all: readonly T[], most: number, sizeOfOne: (one: T) => number): readonly (readonly T[])[] {
  const found: T[][] = [];
  let taken = Infinity;
  for (const one of all) {
    taken += sizeOfOne(one);
    if (taken > most) {
      found.push([]);
      taken = sizeOfOne(one);
    }
    found.at(-1)!.push(one);
  }
  return found;
}
