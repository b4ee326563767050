import type { AnalysisData } from "../../protocol/answer-data.ts";
import { isAggregate } from "../experiment.ts";

/** What a reading of all sites is made of, kept beside it: `random(greatest).gap` of `random(1).gap` and its siblings. */
export function partsOf(data: AnalysisData, path: string): readonly string[] {
  const [, series, over, rest] = /^(\w+)\((\w+)\)(.*)$/.exec(path) ?? [];
  if (data.kind !== "probes" || over === undefined || !isAggregate(over)) return [];
  return data.points.filter((point) => point.series === series).map((_, i) => `${series}(${i + 1})${rest}`);
}
