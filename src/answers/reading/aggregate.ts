/** Aggregates many numbers to one. The median of an even count is halfway between the middle two. */
export const aggregates = ["mean", "median", "least", "greatest"] as const;
export type Aggregate = (typeof aggregates)[number];

export const isAggregate = (word: string): word is Aggregate => aggregates.some((each) => each === word);

export function aggregate(over: Aggregate, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  switch (over) {
    case "mean":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "median":
      return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
    case "least":
      return sorted[0]!;
    case "greatest":
      return sorted.at(-1)!;
  }
}
