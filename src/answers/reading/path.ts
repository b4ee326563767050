/** A reading that is not possible; the message says why. */
class NoReading extends Error {}

export const missing = (sentence: string): never => {
  throw new NoReading(sentence);
};

/** A segment of a path: `share(mask)` has a name and an argument. */
export interface Segment {
  readonly name: string;
  /** The text in parentheses. */
  readonly argument: string | undefined;
}

/** `top.1.name`, `share(mask)`, `at(0, 3, 5)`: names separated by dots, each with an optional argument. */
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

/** The whole numbers in an argument, each below its bound. */
export function indicesIn(
  { name, argument = "" }: Segment,
  bounds: Readonly<Record<string, number>>,
): readonly number[] {
  const indices = argument.split(",").map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  const limits = Object.entries(bounds);
  const inside =
    indices.length === limits.length &&
    indices.every((position, i) => Number.isInteger(position) && position >= 0 && position < limits[i]![1]);
  return inside
    ? indices
    : missing(
        `${name}(${argument}) is out of range: ${limits.map(([what, count]) => `${what} 0 to ${count - 1}`).join(", ")}`,
      );
}
