/** How well class probabilities, [row, class], predict the true classes. */
export interface Scores {
  readonly accuracy: number;
  /** The mean recall over the classes that occur. */
  readonly balancedAccuracy: number;
  /** The mean −ln p of the true class, in nats. */
  readonly logLoss: number;
  /** confusion[true · classes + predicted] */
  readonly confusion: Int32Array;
  readonly rows: number;
}

export function scoresOf(probabilities: Float64Array, y: ArrayLike<number>, classes: number): Scores {
  const rows = y.length;
  const confusion = new Int32Array(classes * classes);
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    confusion[y[r]! * classes + argmax(probabilities, r * classes, classes)]!++;
    loss -= Math.log(Math.max(probabilities[r * classes + y[r]!]!, Number.MIN_VALUE));
  }
  let correct = 0;
  let recalls = 0;
  let occurring = 0;
  for (let k = 0; k < classes; k++) {
    const count = confusion.subarray(k * classes, (k + 1) * classes).reduce((sum, n) => sum + n, 0);
    correct += confusion[k * classes + k]!;
    if (count === 0) continue;
    occurring++;
    recalls += confusion[k * classes + k]! / count;
  }
  return { accuracy: correct / rows, balancedAccuracy: recalls / occurring, logLoss: loss / rows, confusion, rows };
}

/** The first index of the maximum, as in scikit-learn's argmax. */
export function argmax(values: Float64Array, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[start + k]! > values[start + best]!) best = k;
  return best;
}

/** The area under the ROC curve, by the Mann–Whitney statistic; ties count one half. */
export function auroc(positive: ArrayLike<number>, y: ArrayLike<number>): number {
  const order = Array.from({ length: y.length }, (_, i) => i).sort((a, b) => positive[a]! - positive[b]!);
  let ranks = 0;
  let positives = 0;
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && positive[order[end]!] === positive[order[i]!]) end++;
    for (let k = i; k < end; k++) {
      if (y[order[k]!] !== 1) continue;
      positives++;
      ranks += (i + end + 1) / 2;
    }
    i = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (y.length - positives));
}

/** The mean squared error of the probability of class 1. */
export const brier = (positive: ArrayLike<number>, y: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (positive[i]! - y[i]!) ** 2;
  return sum / y.length;
};

/** Wilson's 95 % score interval of a share. */
export function wilson(share: number, count: number): readonly [low: number, high: number] {
  const z = 1.959963984540054;
  const centre = share + (z * z) / (2 * count);
  const half = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return [(centre - half) / scale, (centre + half) / scale];
}
