import type { Value } from "../../../graph/builder.ts";
import { formatShape } from "../../../tensor/shape.ts";
import { activated } from "./activation-functions.ts";
import type { Law, LayerCall } from "./layer-call.ts";
import type { LayerTensor } from "./layer-tensor.ts";
import { reach, samePads } from "./padding.ts";

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

function windowOf(c: LayerCall, rank: number): Window {
  const window = {
    kernel: c.config.perAxis("kernel_size", rank, 1),
    strides: c.config.perAxis("strides", rank, 1),
    dilations: c.config.perAxis("dilation_rate", rank, 1),
  };
  if (Object.values(window).some((values) => values.some((value) => value < 1)))
    c.refuse("its window has an extent below 1");
  return window;
}

/** [before…, after…] as ONNX has them. "causal" pads before only, so that no result sees what comes after it. */
function padsOf(c: LayerCall, extents: readonly number[], { kernel, strides, dilations }: Window): readonly number[] {
  const padding = c.config.text("padding", "valid").toLowerCase();
  const zeros = kernel.map(() => 0);
  switch (padding) {
    case "valid":
      return [...zeros, ...zeros];
    case "same": {
      const { before, after } = samePads(extents, kernel, strides, dilations);
      return [...before, ...after];
    }
    case "causal":
      return [...kernel.map((extent, i) => reach(extent, dilations[i]!) - 1), ...zeros];
    default:
      return c.refuse(`its padding "${padding}" is not known`);
  }
}

function imageOf(c: LayerCall, rank: number): Value {
  const { image } = c;
  return image.shape.length === rank + 2
    ? image
    : c.refuse(`its input ${formatShape(c.shape)} has not the ${rank + 2} axes that it needs`);
}

const places = (rank: number): number[] => Array.from({ length: rank }, (_, i) => i);
const biasOf = (c: LayerCall, filters: number): Value | null =>
  c.config.flag("use_bias", true) ? c.weight("bias", [filters]) : null;
const withBias = (inputs: readonly Value[], bias: Value | null): readonly Value[] =>
  bias ? [...inputs, bias] : inputs;
const finished = (c: LayerCall, value: Value): LayerTensor => activated(c, c.asImage(value));

/** y[o, m] = Σ_k,i x[o·stride + k·dilation − before, i]·kernel[k, i, m] + bias[m]. The kernel is [places…, in, out]. */
const convolution =
  (rank: number): Law =>
  (c) => {
    const x = imageOf(c, rank);
    const window = windowOf(c, rank);
    const group = c.config.integer("groups", 1);
    const filters = c.config.integer("filters");
    const extents = x.shape.slice(2);
    const channels = x.shape[1]! / group;
    if (!Number.isInteger(channels)) c.refuse(`${x.shape[1]} channels do not split into ${group} groups`);
    c.weight("kernel", [...window.kernel, channels, filters]);
    const kernel = c.arranged("kernel", [rank + 1, rank, ...places(rank)]);
    const { strides, dilations } = window;
    const pads = padsOf(c, extents, window);
    return finished(
      c,
      c.apply("Conv", withBias([x, kernel], biasOf(c, filters)), {
        strides,
        dilations,
        pads,
        group,
        kernel_shape: window.kernel,
      }),
    );
  };

/** Each channel is convolved by itself, with `depth_multiplier` kernels: [places…, in, multiplier]. */
function depthwise(c: LayerCall, rank: number, variable: string): Value {
  const x = imageOf(c, rank);
  const { kernel, strides, dilations } = windowOf(c, rank);
  const channels = x.shape[1]!;
  const multiplier = c.config.integer("depth_multiplier", 1);
  const weight = c.arranged(variable, [rank, rank + 1, ...places(rank)], [channels * multiplier, 1, ...kernel]);
  const pads = padsOf(c, x.shape.slice(2), { kernel, strides, dilations });
  return c.apply("Conv", [x, weight], { strides, dilations, pads, group: channels, kernel_shape: kernel });
}

const depthwiseConvolution =
  (rank: number): Law =>
  (c) => {
    // Keras 2 calls the kernel depthwise_kernel; the order is what counts.
    const value = depthwise(c, rank, "kernel");
    if (!c.config.flag("use_bias", true)) return finished(c, value);
    const bias = c.arranged("bias", [0], [value.shape[1]!, ...places(rank).map(() => 1)]);
    return finished(c, c.b.add(value, bias));
  };

/** A depthwise convolution, then one of single places across the channels (Chollet 2017). */
const separableConvolution =
  (rank: number): Law =>
  (c) => {
    const spread = depthwise(c, rank, "depthwise_kernel");
    const filters = c.config.integer("filters");
    const ones = places(rank).map(() => 1);
    c.weight("pointwise_kernel", [...ones, spread.shape[1]!, filters]);
    const kernel = c.arranged("pointwise_kernel", [rank + 1, rank, ...places(rank)]);
    return finished(c, c.apply("Conv", withBias([spread, kernel], biasOf(c, filters)), { kernel_shape: ones }));
  };

/** How many results a transposed convolution has along one axis: keras.layers.Conv2DTranspose, "Output shape". */
function transposedExtent(
  c: LayerCall,
  extent: number,
  kernel: number,
  stride: number,
  output: number | undefined,
): number {
  const padding = c.config.text("padding", "valid").toLowerCase();
  if (padding !== "valid" && padding !== "same") c.refuse(`its padding "${padding}" is not known`);
  if (output === undefined)
    return padding === "same" ? extent * stride : extent * stride + Math.max(kernel - stride, 0);
  return (extent - 1) * stride + kernel - 2 * (padding === "same" ? Math.floor(kernel / 2) : 0) + output;
}

/** The adjoint of the convolution that would read its result with the same padding. The kernel is [places…, out, in]. */
const transposedConvolution =
  (rank: number): Law =>
  (c) => {
    const x = imageOf(c, rank);
    const { kernel, strides, dilations } = windowOf(c, rank);
    const filters = c.config.integer("filters");
    const outputs = c.config.has("output_padding") ? c.config.perAxis("output_padding", rank, 0) : undefined;
    c.weight("kernel", [...kernel, filters, x.shape[1]!]);
    const weight = c.arranged("kernel", [rank + 1, rank, ...places(rank)]);
    const reaches = kernel.map((extent, i) => reach(extent, dilations[i]!));
    const wanted = reaches.map((extent, i) => transposedExtent(c, x.shape[2 + i]!, extent, strides[i]!, outputs?.[i]));
    const same = c.config.text("padding", "valid").toLowerCase() === "same";
    const before = same ? samePads(wanted, kernel, strides, dilations).before : wanted.map(() => 0);
    const excess = reaches.map((extent, i) => (x.shape[2 + i]! - 1) * strides[i]! + extent - before[i]! - wanted[i]!);
    const value = c.apply("ConvTranspose", withBias([x, weight], biasOf(c, filters)), {
      strides,
      dilations,
      pads: [...before, ...excess.map((extra) => Math.max(0, extra))],
      output_padding: excess.map((extra) => Math.max(0, -extra)),
      kernel_shape: kernel,
    });
    return finished(c, value);
  };

/** Unlike kernels at each place: Σ over the window's numbers, in the kernel's order [places, window·in, out]. */
const locallyConnected: Law = (c) =>
  c.refuse("it has another kernel at each place, which is not supported", "Export the network to ONNX.");

export const convolutions: Readonly<Record<string, Law>> = {
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  DepthwiseConv1D: depthwiseConvolution(1),
  DepthwiseConv2D: depthwiseConvolution(2),
  SeparableConv1D: separableConvolution(1),
  SeparableConv2D: separableConvolution(2),
  Conv1DTranspose: transposedConvolution(1),
  Conv2DTranspose: transposedConvolution(2),
  Conv3DTranspose: transposedConvolution(3),
  LocallyConnected1D: locallyConnected,
  LocallyConnected2D: locallyConnected,
};
