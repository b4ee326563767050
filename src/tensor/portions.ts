/** Things in their order, in portions whose sizes add up to at most `most`; one that is larger stands alone. */
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
