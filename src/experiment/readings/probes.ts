import type { ProbeAnswer } from "../../protocol/answer-data.ts";
import type { ProbePoint } from "../../protocol/probing.ts";
import { aggregate } from "../aggregate.ts";
import { isAggregate, type Aggregate } from "../experiment.ts";
import { missing, type Segment } from "./path.ts";
import { walk } from "./walk.ts";

/**
 * `trained(features.3).test.accuracy`, `random(2).gap` of the second site, `shuffled(greatest).test.accuracy` of all of
 * them, `raw.test.accuracy`; `majority` is a field of its own.
 */
export function readProbes(
  { points }: ProbeAnswer,
  { name, argument = "" }: Segment,
  rest: readonly Segment[],
): unknown {
  const ofSeries = points.filter(({ series }) => series === name).toSorted((a, b) => a.depth - b.depth);
  if (ofSeries.length === 0) return undefined;
  const of = (point: ProbePoint): unknown => walk(scored(point), rest, name);
  if (name === "raw") return of(ofSeries[0]!);
  if (isAggregate(argument)) return aggregateOf(argument, ofSeries.map(of));
  const point = ofSeries.find(({ site }) => site === argument) ?? ofSeries[Number(argument) - 1];
  return point
    ? of(point)
    : missing(`there is no probe ${name}(${argument}); its sites are ${ofSeries.map(({ site }) => site).join(", ")}`);
}

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
