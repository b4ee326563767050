import type { Probes, ProbePoint } from "../protocol/probing.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { probeChartSvg } from "./probe-chart-svg.ts";
import { probeTable } from "./probe-table.ts";
import { aggregate, isAggregate, type Aggregate } from "./reading/aggregate.ts";
import { missing } from "./reading/path.ts";
import { walk } from "./reading/walk.ts";

/** A probe chart: a score for each series and site. */
export const probes: AnswerKind<"probes"> = {
  readings: [
    [
      "trained(site).test.accuracy",
      "On rows that the probe never saw; also balancedAccuracy and bits. trained(2) is the second site, trained(mean) the mean of all sites.",
    ],
    ["trained(site).validationBits", "Cross-validated on the training rows: compare layers by it."],
    ["trained(site).gap", "Accuracy on training rows minus accuracy on test rows."],
    ["random(site).test.accuracy", "The same on the network with random weights."],
    ["shuffled(site).test.accuracy", "The same with shuffled labels."],
    ["raw.test.accuracy", "The same of the input itself."],
    ["majority.accuracy", "The accuracy of always answering the most frequent class."],
  ],
  /**
   * `trained(features.3).test.accuracy`, `random(2).gap` of the second site, `shuffled(greatest).…` of all sites,
   * `raw.…`.
   */
  read({ points }, { name, argument = "" }, rest) {
    const ofSeries = points.filter(({ series }) => series === name).toSorted((a, b) => a.depth - b.depth);
    if (ofSeries.length === 0) return undefined;
    const of = (point: ProbePoint): unknown => walk(scored(point), rest, name);
    if (name === "raw") return of(ofSeries[0]!);
    if (isAggregate(argument)) return aggregateOf(argument, ofSeries.map(of));
    const point = ofSeries.find(({ site }) => site === argument) ?? ofSeries[Number(argument) - 1];
    return point
      ? of(point)
      : missing(`there is no probe ${name}(${argument}); its sites are ${ofSeries.map(({ site }) => site).join(", ")}`);
  },
  /** `random(greatest).gap` aggregates `random(1).gap`, `random(2).gap`, …. */
  partsOf({ points }, path) {
    const [, series, over, rest] = /^(\w+)\((\w+)\)(.*)$/.exec(path) ?? [];
    if (over === undefined || !isAggregate(over)) return [];
    return points.filter((point) => point.series === series).map((_, i) => `${series}(${i + 1})${rest}`);
  },
  headline({ points, metric, label }) {
    const best = points.filter(({ series }) => series === "trained").sort((a, b) => b.test[metric] - a.test[metric])[0];
    return best && `${label} ${(100 * best.test[metric]).toFixed(1)} % at ${best.site}`;
  },
  lines: (data) => [...probeTable(data), "", ...data.summary],
  figures: ({ points, majority }) => [
    ...points.flatMap(({ series, site, test, train, C }): readonly Figure[] => {
      const name = series === "raw" ? series : `${series}(${site})`;
      return [
        [`${name}.test.accuracy`, test.accuracy],
        [`${name}.test.balancedAccuracy`, test.balancedAccuracy],
        [`${name}.test.bits`, test.bits],
        [`${name}.train.accuracy`, train.accuracy],
        [`${name}.C`, C],
      ];
    }),
    ["majority.accuracy", majority.accuracy],
  ],
  summary: ({ trainRows, testRows }) => ({ trainRows, testRows }),
  formats: { svg: probeChartSvg, csv: ({ data }) => probeCsv(data) },
};

const aggregateOf = (over: Aggregate, values: readonly unknown[]): number =>
  values.every((value) => typeof value === "number")
    ? aggregate(over, values)
    : missing(`the ${over} is of numbers only`);

const scored = ({ accuracyInterval: [low, high], ...point }: ProbePoint): unknown => ({
  ...point,
  low,
  high,
  gap: point.train.accuracy - point.test.accuracy,
});

const header = [
  "series",
  "site",
  "depth",
  "features",
  "accuracy",
  "low",
  "high",
  "balanced_accuracy",
  "balanced_low",
  "balanced_high",
  "train_accuracy",
  "train_balanced_accuracy",
  "test_bits",
  "validation_bits",
  "C",
  "distance",
  "test_rows",
  "train_rows",
];

const probeCsv = ({ points }: Probes): string =>
  csv([
    header,
    ...points.map((p) => [
      p.series,
      p.site,
      p.depth,
      p.features,
      p.test.accuracy,
      ...p.accuracyInterval,
      p.test.balancedAccuracy,
      ...p.balancedInterval,
      p.train.accuracy,
      p.train.balancedAccuracy,
      p.test.bits,
      p.validationBits,
      p.C,
      p.distance,
      p.test.rows,
      p.train.rows,
    ]),
  ]);
