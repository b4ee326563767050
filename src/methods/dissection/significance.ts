/**
 * The chance of each unit's best IoU if masks belonged to other pictures. Units differ in how much they overlap by chance, so
 * each is measured in deviations from its own shuffles; a shuffle is measured by the other shuffles of its unit. All
 * shuffles of all units then form one distribution, and p = (1 + those at least as great) / (1 + all): many units make up
 * for few shuffles.
 *
 * @param observed [unit] @param shuffled [unit][shuffle]
 */
export function shuffleP(observed: readonly number[], shuffled: readonly Float64Array[]): readonly number[] {
  const chance = Float64Array.from(
    shuffled.flatMap((own) => Array.from(own, (value, i) => deviations(value, own, i))),
  ).sort();
  return observed.map((value, unit) => {
    const own = deviations(value, shuffled[unit]!);
    return (1 + (chance.length - firstAtLeast(chance, own))) / (1 + chance.length);
  });
}

/** How many standard deviations a value is above the mean of the others. */
function deviations(value: number, others: Float64Array, except = -1): number {
  let [count, sum] = [0, 0];
  others.forEach((other, i) => {
    if (i === except) return;
    count++;
    sum += other;
  });
  const mean = sum / count;
  let squares = 0;
  others.forEach((other, i) => {
    if (i !== except) squares += (other - mean) ** 2;
  });
  const deviation = Math.sqrt(squares / Math.max(1, count - 1));
  return deviation > 0 ? (value - mean) / deviation : value > mean ? Infinity : 0;
}

/** The index of the first element of a sorted list that is at least `value`. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The least false-discovery rate at which each test is rejected (Benjamini, Hochberg 1995). */
export function falseDiscoveryRates(p: readonly number[]): readonly number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const rates = new Array<number>(p.length);
  let least = 1;
  for (let rank = p.length; rank > 0; rank--) {
    const test = order[rank - 1]!;
    least = Math.min(least, (p[test]! * p.length) / rank);
    rates[test] = least;
  }
  return rates;
}
