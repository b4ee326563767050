import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { RunContext } from "../analysis.ts";
import { choice, type OptionTable } from "../option.ts";
import { extentOf } from "./heatmap.ts";
import type { Network } from "../network.ts";
import { blur } from "./blur.ts";

/** The input that represents "nothing". No choice is neutral, so every result names it. */
export const baselineOption = choice(["zero", "black", "white", "mean", "blur"], {
  label: "Baseline",
  description:
    "The input that this one is compared with: zero in the model's units (mean grey for most models), black, white, this image's mean colour, or this image blurred.",
});

/** The baseline in the model's units and in the layout of the input. */
export function baselineOf(
  name: string,
  { network, input, pixels }: Pick<RunContext<"picture", OptionTable>, "network" | "input" | "pixels">,
): Float64Array {
  const values = toFloat64(input);
  if (name === "zero") return new Float64Array(values.length);
  const channels = channelCount(network, input);
  if (name === "mean") return fill(network, values.length, channelMeans(network, values, channels));
  if (name === "blur") return blurred(network, values, channels);
  if (pixels === undefined)
    throw new GlassboxError("option", `the value of ${name} is unknown for a raw tensor`, {
      hint: "Use the baseline zero, mean or blur.",
    });
  return fill(network, values.length, name === "black" ? pixels.black : pixels.white);
}

const channelCount = (network: Network, { shape }: Tensor): number => shape[network.source.layout === "NHWC" ? 3 : 1]!;

/** The channel of each element, in the model's layout. */
const channelAt = ({ source }: Network, size: number, channels: number): ((i: number) => number) =>
  source.layout === "NHWC" ? (i) => i % channels : (i) => Math.floor(i / (size / channels));

function fill(network: Network, size: number, perChannel: readonly number[]): Float64Array {
  const channel = channelAt(network, size, perChannel.length);
  return Float64Array.from({ length: size }, (_, i) => perChannel[channel(i)]!);
}

function channelMeans(network: Network, values: Float64Array, channels: number): number[] {
  const channel = channelAt(network, values.length, channels);
  const sums = new Array<number>(channels).fill(0);
  values.forEach((value, i) => (sums[channel(i)]! += value));
  return sums.map((sum) => (sum * channels) / values.length);
}

/** Gaussian blur with σ = 8 % of the width: it removes edges but keeps the rough distribution of colours. */
function blurred(network: Network, values: Float64Array, channels: number): Float64Array {
  const [rows, columns] = extentOf(network);
  const interleaved = network.source.layout === "NHWC";
  return blur(values, { rows, columns, channels, interleaved }, 0.08 * columns);
}
