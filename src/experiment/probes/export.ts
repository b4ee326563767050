import type { ProbeExportParams, ProbePoint, ProbeResult } from "../../protocol/probing.ts";
import { chartSvg } from "./chart-svg.ts";

const utf8 = new TextEncoder();

/** A result as a file's bytes. Numbers are written with all the digits they have. */
export const exportProbeResult = (format: ProbeExportParams["format"], result: ProbeResult): Uint8Array =>
  utf8.encode(writers[format](result));

const writers: Readonly<Record<ProbeExportParams["format"], (result: ProbeResult) => string>> = {
  json: (result) => `${JSON.stringify(result, null, 1)}\n`,
  csv: ({ data }) => [header, ...data.points.map(line)].map((cells) => `${cells.map(cell).join()}\n`).join(""),
  svg: chartSvg,
};

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

const line = (p: ProbePoint): (string | number)[] => [
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
];

const cell = (value: string | number): string =>
  typeof value === "string" && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value);
