import type { Interval, ProbeExample, ProbePoint, ProbeScore } from "../../protocol/probing.ts";
import type { Probed, Task } from "./probe.ts";
import { argmax, scoresOf, wilson, type Scores } from "./scores.ts";

const examplesKept = 8;

/** A probe as shown in the chart: training and test scores, intervals, the confusion matrix, and the rows with the lowest and highest loss. */
export function pointOf(
  at: Pick<ProbePoint, "series" | "site" | "depth" | "features">,
  probed: Probed,
  { labels, classes, split }: Task,
  trainLabels: Int32Array,
  nameOf: (row: number) => string,
): ProbePoint {
  const testLabels = split.test.map((row) => labels[row]!);
  const test = scoresOf(probed.test, testLabels, classes);
  const { best, worst } = extremes(probed.test, testLabels, classes, split.test, nameOf);
  return {
    ...at,
    test: score(test),
    train: score(scoresOf(probed.train, trainLabels, classes)),
    accuracyInterval: wilson(test.accuracy, test.rows),
    balancedInterval: balancedInterval(test, classes),
    C: probed.C,
    atEdge: probed.atEdge,
    validationBits: probed.validationLoss / Math.LN2,
    distance: probed.distance,
    confusion: [...test.confusion],
    best,
    worst,
  };
}

const score = ({ accuracy, balancedAccuracy, logLoss, rows }: Scores): ProbeScore => ({
  accuracy,
  balancedAccuracy,
  bits: logLoss / Math.LN2,
  rows,
});

/**
 * The interval of a mean of recalls: the Wilson intervals of the recalls, combined by the method of variance estimates
 * recovery (Zou and Donner 2008).
 */
export function balancedInterval({ confusion, balancedAccuracy }: Scores, classes: number): Interval {
  let [below, above, occurring] = [0, 0, 0];
  for (let k = 0; k < classes; k++) {
    const count = confusion.subarray(k * classes, (k + 1) * classes).reduce((sum, n) => sum + n, 0);
    if (count === 0) continue;
    occurring++;
    const recall = confusion[k * classes + k]! / count;
    const [low, high] = wilson(recall, count);
    below += (recall - low) ** 2;
    above += (high - recall) ** 2;
  }
  return [balancedAccuracy - Math.sqrt(below) / occurring, balancedAccuracy + Math.sqrt(above) / occurring];
}

function extremes(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  rows: Int32Array,
  nameOf: (row: number) => string,
): { readonly best: ProbeExample[]; readonly worst: ProbeExample[] } {
  const ofTruth = (i: number): number => probabilities[i * classes + labels[i]!]!;
  // Ties are ordered by row, so that equal runs show equal examples.
  const order = Array.from(rows.keys()).sort((a, b) => ofTruth(b) - ofTruth(a) || a - b);
  const example = (i: number): ProbeExample => ({
    row: rows[i]!,
    name: nameOf(rows[i]!),
    truth: labels[i]!,
    predicted: argmax(probabilities, i * classes, classes),
    probability: ofTruth(i),
  });
  return { best: order.slice(0, examplesKept).map(example), worst: order.slice(-examplesKept).reverse().map(example) };
}
