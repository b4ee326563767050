import type { ProbeAnswer } from "../../protocol/analysis-data.ts";
import type { ProbePoint } from "../../protocol/probing.ts";
import { missing, type Segment } from "./path.ts";
import { walk } from "./walk.ts";

/** `trained(features.3).test.accuracy`, `random(features.3).gap`, `raw.test.accuracy`; `majority` is a field of its own. */
export function readProbes({ points }: ProbeAnswer, { name, argument }: Segment, rest: readonly Segment[]): unknown {
  const ofSeries = points.filter(({ series }) => series === name);
  if (ofSeries.length === 0) return undefined;
  const point = name === "raw" ? ofSeries[0] : ofSeries.find(({ site }) => site === argument);
  if (point === undefined) return missing(`there is no probe ${name}(${argument ?? ""}); its sites are ${ofSeries.map(({ site }) => site).join(", ")}`);
  return walk(scored(point), rest, name);
}

const scored = ({ accuracyInterval: [low, high], ...point }: ProbePoint): unknown => ({ ...point, low, high, gap: point.train.accuracy - point.test.accuracy });
