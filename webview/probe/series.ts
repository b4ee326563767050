import type { Interval, Probes, ProbePoint, ProbeSeries } from "../../src/protocol/probing.ts";
import type { Selected } from "./state.ts";

/** How a series is told apart: by colour, dash and mark, so that a line is known in grey as well. */
export interface SeriesLook {
  readonly name: string;
  readonly variable: string;
  readonly dash: readonly number[];
  readonly mark: "circle" | "rect" | "triangle" | "diamond" | "none";
}

export const seriesLooks: Readonly<Record<ProbeSeries | "majority", SeriesLook>> = {
  trained: { name: "Trained network", variable: "--for", dash: [], mark: "circle" },
  random: { name: "Random weights", variable: "--against", dash: [6, 3], mark: "rect" },
  shuffled: { name: "Shuffled labels", variable: "--quiet", dash: [2, 3], mark: "triangle" },
  raw: { name: "Raw input", variable: "--raw", dash: [10, 4], mark: "diamond" },
  majority: { name: "Majority", variable: "--quiet", dash: [4, 4], mark: "none" },
};

export const lineSeries: readonly ProbeSeries[] = ["trained", "random", "shuffled"];

export const scoreOf = (point: ProbePoint, chart: Probes): number => point.test[chart.metric];
export const intervalOf = (point: ProbePoint, { metric }: Probes): Interval =>
  metric === "accuracy" ? point.accuracyInterval : point.balancedInterval;
export const metricName = ({ metric }: Probes): string => (metric === "accuracy" ? "accuracy" : "balanced accuracy");

export const findPoint = ({ points }: Probes, wanted: Selected | undefined): ProbePoint | undefined =>
  wanted && points.find(({ series, site }) => series === wanted.series && site === wanted.site);

/** What is opened before anything is chosen: the site that cross-validation on training rows prefers. */
export const preferredPoint = ({ points }: Probes): ProbePoint | undefined =>
  points
    .filter(({ series }) => series === "trained")
    .reduce<ProbePoint | undefined>(
      (best, each) => (best === undefined || each.validationBits < best.validationBits ? each : best),
      undefined,
    );

/** Points that a person can step through: one row a series, in the order of the legend. */
export const steps = ({ points }: Probes): readonly (readonly ProbePoint[])[] =>
  [...lineSeries, "raw" as const]
    .map((series) => points.filter((point) => point.series === series).sort((a, b) => a.depth - b.depth))
    .filter((row) => row.length > 0);

/** The point that an arrow key leads to: along a series, or to the next series at the same place. */
export function neighbour(chart: Probes, from: ProbePoint | undefined, key: string): ProbePoint | undefined {
  const rows = steps(chart);
  if (from === undefined) return rows[0]?.[0];
  const row = rows.findIndex((each) => each[0]?.series === from.series);
  const at = rows[row]?.indexOf(from) ?? -1;
  if (row < 0 || at < 0) return rows[0]?.[0];
  const own = rows[row]!;
  const nearest = (other: readonly ProbePoint[] | undefined): ProbePoint | undefined =>
    other?.reduce((best, each) =>
      Math.abs(each.depth - from.depth) < Math.abs(best.depth - from.depth) ? each : best,
    );
  switch (key) {
    case "ArrowRight":
      return own[Math.min(own.length - 1, at + 1)];
    case "ArrowLeft":
      return own[Math.max(0, at - 1)];
    case "Home":
      return own[0];
    case "End":
      return own.at(-1);
    case "ArrowDown":
      return nearest(rows[row + 1]) ?? from;
    case "ArrowUp":
      return nearest(rows[row - 1]) ?? from;
    default:
      return undefined;
  }
}

export const digits = (value: number): string => value.toFixed(3);
