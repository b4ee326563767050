/** The `percent`-th percentile, linearly interpolated (NumPy's default); 0 for an empty array. */
export function percentile(values: ArrayLike<number>, percent: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return 0;
  const position = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const from = sorted[below]!;
  return from + ((sorted[below + 1] ?? from) - from) * (position - below);
}
