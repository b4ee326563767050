import type { Heatmap } from "../../protocol/result.ts";
import type { Shape } from "../../tensor/shape.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { inputExtent, type Network } from "../network.ts";

/** The rows and columns of an image model's input; throws a readable error for any other model. */
export function extentOf(network: Network): readonly [rows: number, columns: number] {
  const extent = inputExtent(network);
  if (extent) return extent;
  throw new GlassboxError(
    "unsupported",
    `the model's input has the shape [${network.inputShape.join(", ")}], which is not a picture`,
    { hint: "Saliency maps need an input of [channel, row, column] or [row, column, channel]." },
  );
}

/** Converts attributions from the model's layout to a map of [channel, row, column]. */
export function pixelMap(network: Network, attributions: Float64Array, blank?: string): Heatmap {
  const extent = extentOf(network);
  const channels = attributions.length / (extent[0] * extent[1]);
  const values = network.source.layout === "NHWC" ? channelsFirst(attributions, extent, channels) : attributions;
  return {
    kind: "heatmap",
    values: float32([channels, ...extent], values),
    extent,
    grain: "pixel",
    blank: blank ?? blankReason(values),
  };
}

export function cellMap(network: Network, values: Float64Array, grid: Shape, site: string, blank?: string): Heatmap {
  return {
    kind: "heatmap",
    values: mapTensor(values, grid),
    extent: extentOf(network),
    grain: "cell",
    site,
    blank: blank ?? blankReason(values),
  };
}

const mapTensor = (values: Float64Array, grid: Shape): Tensor => float32([1, ...grid], values);

/** Why a map is blank: a map of zeros is a finding about the network, not a picture. */
function blankReason(values: Float64Array): string | undefined {
  if (values.every((value) => value === 0))
    return "Every value is exactly 0: the target does not depend on this input locally, because every path to it is inactive.";
  return values.every(Number.isFinite)
    ? undefined
    : "Some values are not finite, so nothing is drawn: the network overflowed on this input.";
}

/** Moves the channels of a picture from the last axis to the first. */
export function channelsFirst(
  values: Float64Array,
  [rows, columns]: readonly [number, number],
  channels: number,
): Float64Array {
  const out = new Float64Array(values.length);
  const area = rows * columns;
  for (let pixel = 0; pixel < area; pixel++)
    for (let c = 0; c < channels; c++) out[c * area + pixel] = values[pixel * channels + c]!;
  return out;
}
