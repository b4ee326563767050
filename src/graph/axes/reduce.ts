import { normalizeAxis } from "../../tensor/shape.ts";
import { extentOf, type Axes, type Axis } from "./axis.ts";
import { dataOf, isSided, meaningOf, type AxisFlow, type AxisLaw } from "./flow-law.ts";

/** Some axes are combined to one element, or dropped. */
function reducedAxes(flow: AxisFlow, axes: readonly number[], keepdims: boolean): readonly Axes[] {
  const x = dataOf(flow);
  const all = axes.map((axis) => normalizeAxis(axis, x.length));
  const one = (axis: Axis): Axis =>
    axis.length === 0 || isSided(axis) || extentOf(axis) === 1 ? axis : flow.make(meaningOf(flow, axis), 1);
  const kept = x.flatMap((axis, i): Axis[] => (!all.includes(i) ? [axis] : keepdims ? [one(axis)] : []));
  return flow.outputShapes.map(() => kept);
}

export const reduces: AxisLaw<{ readonly axes: readonly number[] | undefined; readonly keepdims: boolean }> = (
  flow,
  { axes, keepdims },
) => reducedAxes(flow, axes?.length ? axes : dataOf(flow).map((_, i) => i), keepdims);

export const findsAlong: AxisLaw<{ readonly axis: number; readonly keepdims: boolean }> = (flow, { axis, keepdims }) =>
  reducedAxes(flow, [axis], keepdims);

/** The order of what was sorted is not that of the axis. */
export const sorts: AxisLaw<{ readonly axis: number }> = (flow, { axis }) => {
  const x = dataOf(flow);
  const along = normalizeAxis(axis, x.length);
  const extent = flow.outputShapes[0]![along]!;
  const axes = x.map((each, i) => (i !== along ? each : extent === 1 ? [] : flow.make("unknown", extent)));
  return flow.outputShapes.map(() => axes);
};

/** The last axes are normalized: one alone is the features. */
export const normalizesLast: AxisLaw<{ readonly axis: number }> = (flow, { axis }) => {
  const x = dataOf(flow);
  if (normalizeAxis(axis, x.length) === x.length - 1) flow.claim(x.at(-1), "channel", "weak");
  return flow.outputShapes.map(() => x);
};
