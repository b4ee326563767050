/** A reading that cannot be made, in a sentence. */
class NoReading extends Error {}

export const missing = (sentence: string): never => {
  throw new NoReading(sentence);
};

/** A word of a path: `share(mask)` has a name and an argument. */
export interface Segment {
  readonly name: string;
  /** What stands in parentheses. */
  readonly argument: string | undefined;
}

/** `top.1.name`, `share(mask)`, `at(0, 3, 5)`: names apart by dots, each with an argument perhaps. */
export function segmentsOf(path: string): readonly Segment[] {
  const words = path.match(/[^.()]+(?:\([^)]*\))?/g) ?? [];
  if (words.join(".") !== path)
    missing(
      `the path ${path} cannot be read; write for example certificate.completeness.net, top.1.name or share(mask)`,
    );
  return words.map((word) => {
    const match = /^([^(]+)(?:\((.*)\))?$/.exec(word)!;
    return { name: match[1]!.trim(), argument: match[2]?.trim() };
  });
}

/** Whole numbers of an argument, each below its bound. */
export function placesIn(
  { name, argument = "" }: Segment,
  bounds: Readonly<Record<string, number>>,
): readonly number[] {
  const places = argument.split(",").map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  const limits = Object.entries(bounds);
  const inside =
    places.length === limits.length &&
    places.every((place, i) => Number.isInteger(place) && place >= 0 && place < limits[i]![1]);
  return inside
    ? places
    : missing(
        `${name}(${argument}) is no place here: ${limits.map(([what, count]) => `${what} 0 to ${count - 1}`).join(", ")}`,
      );
}
