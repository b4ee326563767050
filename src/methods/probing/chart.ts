import type { Interval, ProbePoint, Probes, ProbeScore } from "../../protocol/probing.ts";
import type { Task } from "./probe.ts";

/** Above this ratio of class counts, plain accuracy favours the frequent class. */
export const unequal = 1.5;

export const imbalance = (counts: readonly number[]): number => Math.max(...counts) / Math.max(1, Math.min(...counts));

export const countsOf = (labels: Int32Array, rows: Int32Array, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (const row of rows) counts[labels[row]!]!++;
  return counts;
};

/** The test scores of always predicting the most frequent class of the training rows. */
export function majorityOf({ labels, classes, split }: Task): Probes["majority"] {
  const train = countsOf(labels, split.train, classes);
  const test = countsOf(labels, split.test, classes);
  const most = train.indexOf(Math.max(...train));
  const entropy = split.test.reduce(
    (sum, row) => sum - Math.log2(Math.max(train[labels[row]!]!, 0.5) / split.train.length),
    0,
  );
  return {
    class: most,
    accuracy: test[most]! / split.test.length,
    balancedAccuracy: 1 / test.filter((n) => n > 0).length,
    bits: entropy / split.test.length,
    rows: split.test.length,
  };
}

export const shownScore = (score: ProbeScore, metric: Probes["metric"]): number => score[metric];
export const shownInterval = (point: ProbePoint, metric: Probes["metric"]): Interval =>
  metric === "accuracy" ? point.accuracyInterval : point.balancedInterval;

/** The site with the lowest cross-validation loss on training rows. Test rows are not used. */
export const preferred = (points: readonly ProbePoint[]): ProbePoint | undefined =>
  points
    .filter(({ series }) => series === "trained")
    .reduce<ProbePoint | undefined>(
      (best, each) => (best === undefined || each.validationBits < best.validationBits ? each : best),
      undefined,
    );

/** Two or three sentences that follow from the numbers. They say what can be decoded, never what the network does with it. */
export function summaryOf(chart: Omit<Probes, "kind" | "summary">): string[] {
  const { points, metric, label, majority, classes } = chart;
  const best = preferred(points);
  if (best === undefined) return [];
  const say = (value: number): string => value.toFixed(3);
  const name = metric === "accuracy" ? "accuracy" : "balanced accuracy";
  const [low, high] = shownInterval(best, metric);
  const sentences = [
    `${sentenceCase(label)} is linearly decodable at ${best.site} with ${name} ${say(shownScore(best.test, metric))} (95 % interval ${say(low)} to ${say(high)}); always predicting ${classes[majority.class]} gives ${say(shownScore(majority, metric))}.`,
  ];
  if (low <= shownScore(majority, metric)) {
    const probed = points.filter(({ series }) => series === "trained").length;
    return [
      `${sentenceCase(label)} is not shown to be linearly decodable at ${probed === 1 ? "the site that was" : `any of the ${probed} sites that were`} probed: the best by cross-validation, ${best.site}, has ${name} ${say(shownScore(best.test, metric))}, and always predicting ${classes[majority.class]} gives ${say(shownScore(majority, metric))}.`,
    ];
  }
  const random = points.find(({ series, site }) => series === "random" && site === best.site);
  if (random) {
    const [, randomHigh] = shownInterval(random, metric);
    const value = say(shownScore(random.test, metric));
    sentences.push(
      randomHigh < low
        ? `The same network with random weights gives ${value} there; training adds ${say(shownScore(best.test, metric) - shownScore(random.test, metric))}.`
        : `The same network with random weights gives ${value} there: training is not shown to add anything.`,
    );
  }
  const raw = points.find(({ series }) => series === "raw");
  if (raw) {
    const [rawLow] = shownInterval(raw, metric);
    const value = say(shownScore(raw.test, metric));
    sentences.push(
      rawLow > shownScore(best.test, metric)
        ? `The input itself gives ${value}, which is more: the network loses some of it.`
        : `The input itself gives ${value}.`,
    );
  }
  return sentences;
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
