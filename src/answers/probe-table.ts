import type { Interval, Probes, ProbePoint } from "../protocol/probing.ts";
import { pointAt } from "./probe-point.ts";

/** The chart as text: one line per site, from the input on. */
export function probeTable(chart: Probes): string[] {
  const { points, metric, majority, sites, classes } = chart;
  const of = (point: ProbePoint | undefined): string => (point ? point.test[metric].toFixed(3) : "");
  const rows = sites.flatMap((site) => {
    const trained = pointAt(chart, "trained", site);
    if (trained === undefined) return [];
    const shown = interval(metric === "accuracy" ? trained.accuracyInterval : trained.balancedInterval);
    return [
      [
        site,
        of(trained),
        shown,
        of(pointAt(chart, "random", site)),
        of(pointAt(chart, "shuffled", site)),
        trained.train[metric].toFixed(3),
        String(trained.C),
        String(trained.features),
      ],
    ];
  });
  const raw = points.find(({ series }) => series === "raw");
  const header = [
    "site",
    metric === "accuracy" ? "accuracy" : "balanced",
    "95 % interval",
    "random",
    "shuffled",
    "on training",
    "C",
    "features",
  ];
  const table = aligned([header, ...rows]);
  return [
    ...table,
    "",
    `majority (${classes[majority.class]}): ${majority[metric].toFixed(3)}${raw ? `; raw input (${raw.features} features): ${of(raw)} ${interval(metric === "accuracy" ? raw.accuracyInterval : raw.balancedInterval)}` : ""}`,
  ];
}

const interval = ([low, high]: Interval): string => `${low.toFixed(3)} – ${high.toFixed(3)}`;

/** Aligns the first column left and numbers right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}
