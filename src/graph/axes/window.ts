import { extentOf, type Axes, type Axis, type Meaning } from "./axis.ts";
import { made } from "./contract.ts";
import { dataOf, isChannel, isPosition, meaningOf, resized, type AxisFlow, type AxisLaw } from "./flow-law.ts";

/** What the axes of an image mean to convolution and pooling, by the number of spatial axes. */
const spatial: Readonly<Record<number, readonly Meaning[]>> = {
  1: ["time"],
  2: ["row", "column"],
  3: ["depth", "row", "column"],
};

/** Says that x is [batch, channel, …space], where nothing else has said what it is. */
function claimImage(flow: AxisFlow, x: Axes): void {
  flow.claim(x[0], "batch", "strong");
  flow.claim(x[1], "channel", "strong");
  // A convolution over one axis may run over words as well: their embedding knows.
  const certainty = x.length === 3 ? "weak" : "strong";
  x.slice(2).forEach((axis, i) => flow.claim(axis, spatial[x.length - 2]?.[i] ?? "unknown", certainty));
}

const space = (flow: AxisFlow, x: Axes): Axis[] =>
  x.slice(2).map((axis, i) => slid(flow, axis, flow.outputShapes[0]![i + 2]!, spatial[x.length - 2]?.[i] ?? "unknown"));

/** The positions of a window that slid along an axis. */
function slid(flow: AxisFlow, axis: Axis, extent: number, meaning: Meaning): Axis {
  if (extentOf(axis) === extent) return axis;
  const known = meaningOf(flow, axis);
  if (axis.length === 0 || known === "free") return flow.make(meaning, extent);
  return isPosition(known) || isChannel(known) ? resized(flow, axis, extent) : flow.make("unknown", extent);
}

/** A convolution of `filters` outputs: depthwise ones keep the channels, all others make new ones. */
export const convolves: AxisLaw<{ readonly group: number }> = (flow, { group }) => {
  const x = dataOf(flow);
  claimImage(flow, x);
  const filters = flow.outputShapes[0]![1]!;
  const depthwise = group === filters && extentOf(x[1]!) === filters;
  const others = [...x.slice(2).flat()];
  return [[x[0]!, depthwise ? x[1]! : made(flow, x[1]!, others, filters), ...space(flow, x)]];
};

/** Pooling keeps batch and channels. */
export const poolsSpace: AxisLaw<unknown> = (flow) => {
  const x = dataOf(flow);
  claimImage(flow, x);
  return [[x[0]!, x[1]!, ...space(flow, x)]];
};

/** Statistics of channels: the axes stay. */
export const keepsImage: AxisLaw<unknown> = (flow) => {
  claimImage(flow, dataOf(flow));
  return [dataOf(flow)];
};

/** Resizing changes extents only. */
export const resizes: AxisLaw<unknown> = (flow) => [
  dataOf(flow).map((axis, i) => resized(flow, axis, flow.outputShapes[0]![i]!)),
];

/** Sampling has the channels of the image at the points of the grid: its own positions if it has any, else a picture's. */
export const samples: AxisLaw<unknown> = (flow) => {
  const [x, grid] = flow.inputs as readonly [Axes, Axes];
  claimImage(flow, x);
  const points = x.slice(2).map((_, i) => {
    const axis = grid[i + 1]!;
    const extent = flow.outputShapes[0]![i + 2]!;
    const known = meaningOf(flow, axis);
    return isPosition(known) ? axis : flow.make(spatial[x.length - 2]?.[i] ?? "unknown", extent);
  });
  return [[x[0]!, x[1]!, ...points]];
};
