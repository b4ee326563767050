/** Convolution and its transpose over one to three spatial axes. ONNX Conv-11, ConvTranspose-11; `auto_pad` is resolved at import. */
import { formatShape, imageShape, sizeOf } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import { array64, type Array64 } from "../array64.ts";
import { integer, integers, maybe } from "../attributes.ts";
import { operator } from "../operator.ts";
import { bias, weight } from "../traits.ts";
import { biasGradient, imageGradient, transposedExtent, weightGradient } from "./convolution-gradient.ts";
import { convolve, convolveAdjoint } from "./convolve.ts";
import { padsOf, slideExtents, windowAttributes, windowOf, type Window } from "./window.ts";
import { convolves } from "../axes/window.ts";

const attributes = { ...windowAttributes, kernel_shape: maybe(integers()), group: integer(1) };

/**
 * y[n, m, o] = bias[m] + Σ_c,k x[n, c, o·stride + k·dilation − pad]·w[m, c, k], c over the channels of m's group.
 * Backward: dx is the adjoint, dw another convolution (see convolution-gradient.ts), dbias = Σ dy.
 */
export const conv = operator("Conv", {
  attributes,
  inputs: [2, 3],
  traits: {
    kind: "linear",
    parameters: { 1: weight((shape) => sizeOf(shape.slice(1))), 2: bias },
    window: ([x, w], given) => windowFor("Conv", x!, w!, given),
  },
  axes: convolves,
  infer: ([x, w, bias], given) => {
    const window = windowFor("Conv", x, w, given);
    const { group } = given;
    const [filters, channels] = imageShape(w.shape);
    if (x.shape[1] !== channels * group || filters % group !== 0) {
      throw new RangeError(
        `Conv with ${group} groups cannot apply a weight of shape ${formatShape(w.shape)} to ${formatShape(x.shape)}`,
      );
    }
    checkBias("Conv", bias, filters);
    return [{ dtype: x.dtype, shape: [x.shape[0]!, filters, ...slideExtents("Conv", window, x.shape.slice(2))] }];
  },
  evaluate: ([x, w, bias], given, [{ shape }]) => {
    const { group } = given;
    const window = windowFor("Conv", x, w, given);
    const sizes = { batch: x.shape[0]!, groups: group, channels: w.shape[1]!, filters: w.shape[0]! / group };
    const y = convolve({ ...sizes, window, image: x.shape.slice(2), result: shape.slice(2) }, x.data, w.data);
    return [addBias(array64(x.dtype, shape, y), bias)];
  },
  backward: ({ inputs: [x, w, bias], grad, attributes: given, needs, b }) => {
    const window = windowFor("Conv", x, w, given);
    return [
      needs[0] ? imageGradient(b, grad, w, window, given.group, x.shape) : null,
      needs[1] ? weightGradient(b, x, grad, window, given.group, w.shape) : null,
      needs[2] && bias ? biasGradient(b, grad) : null,
    ];
  },
});

/**
 * The adjoint of a convolution that maps M·group channels to C: x[n, c, i] is spread as
 * y[n, m, i·stride + k·dilation − pad] += x[n, c, i]·w[c, m, k]. `output_padding` adds positions at the end.
 * Backward: dx is the convolution itself, dw as in Conv with image and cotangent exchanged.
 */
export const convTranspose = operator("ConvTranspose", {
  attributes: { ...attributes, output_padding: maybe(integers()) },
  inputs: [2, 3],
  traits: { kind: "linear", parameters: { 1: weight((shape) => shape[0]! * sizeOf(shape.slice(2))), 2: bias } },
  axes: convolves,
  infer: ([x, w, bias], given) => {
    const window = windowFor("ConvTranspose", x, w, given);
    const { group } = given;
    const [channels, filters] = imageShape(w.shape);
    if (x.shape[1] !== channels || channels % group !== 0) {
      throw new RangeError(
        `ConvTranspose with ${group} groups cannot apply a weight of shape ${formatShape(w.shape)} to ${formatShape(x.shape)}`,
      );
    }
    checkBias("ConvTranspose", bias, filters * group);
    const padding = given.output_padding ?? window.kernel.map(() => 0);
    if (
      padding.length !== window.kernel.length ||
      padding.some((extra, axis) => extra < 0 || extra >= Math.max(window.strides[axis]!, window.dilations[axis]!))
    ) {
      throw new RangeError(
        `ConvTranspose needs an output_padding below its strides or dilations, not [${padding.join(", ")}]`,
      );
    }
    const extents = x.shape.slice(2).map((extent, axis) => transposedExtent(extent, window, axis) + padding[axis]!);
    if (extents.some((extent) => extent < 1))
      throw new RangeError(
        `ConvTranspose leaves nothing of ${formatShape(x.shape)} with pads [${padsOf(window).join(", ")}]`,
      );
    return [{ dtype: x.dtype, shape: [x.shape[0]!, filters * group, ...extents] }];
  },
  evaluate: ([x, w, bias], given, [{ shape }]) => {
    const { group } = given;
    const window = windowFor("ConvTranspose", x, w, given);
    const sizes = { batch: x.shape[0]!, groups: group, channels: w.shape[1]!, filters: w.shape[0]! / group };
    const y = convolveAdjoint({ ...sizes, window, image: shape.slice(2), result: x.shape.slice(2) }, x.data, w.data);
    return [addBias(array64(x.dtype, shape, y), bias)];
  },
  backward: ({ inputs: [x, w, bias], grad, attributes: given, needs, b }) => {
    const window = windowFor("ConvTranspose", x, w, given);
    const { strides, dilations } = window;
    const axes = x.shape.slice(2).map((_, axis) => 2 + axis);
    const image = () => {
      const full = b.apply("Conv", [grad, w], { strides, dilations, pads: padsOf(window), group: given.group });
      // An output_padding of a whole stride, which dilation allows, makes room for one window more.
      return axes.every((axis) => full.shape[axis] === x.shape[axis])
        ? full
        : b.slice(
            full,
            axes,
            axes.map(() => 0),
            x.shape.slice(2),
          );
    };
    return [
      needs[0] ? image() : null,
      needs[1] ? weightGradient(b, grad, x, window, given.group, w.shape) : null,
      needs[2] && bias ? biasGradient(b, grad) : null,
    ];
  },
});

function windowFor(
  op: string,
  x: TensorType,
  w: TensorType,
  given: Parameters<typeof windowOf>[2] & { readonly kernel_shape?: readonly number[] | undefined },
): Window {
  const rank = x.shape.length - 2;
  if (rank < 1 || rank > 3 || w.shape.length !== x.shape.length) {
    throw new RangeError(
      `${op} takes one to three spatial axes, not an image of ${formatShape(x.shape)} and a weight of ${formatShape(w.shape)}`,
    );
  }
  const kernel = w.shape.slice(2);
  if (given.kernel_shape && given.kernel_shape.some((extent, axis) => extent !== kernel[axis])) {
    throw new RangeError(
      `${op} has kernel_shape [${given.kernel_shape.join(", ")}] but a weight of ${formatShape(w.shape)}`,
    );
  }
  return windowOf(op, kernel, given);
}

function checkBias(op: string, bias: TensorType | undefined, channels: number): void {
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== channels))
    throw new RangeError(`${op} cannot add a bias of ${formatShape(bias.shape)} to ${channels} channels`);
}

/** In place: the sums were made for this. */
function addBias(y: Array64, bias: Array64 | undefined): Array64 {
  if (bias === undefined) return y;
  const [batch, channels] = imageShape(y.shape);
  const plane = y.data.length / (batch * channels);
  for (let i = 0; i < batch * channels; i++) {
    const value = bias.data[i % channels]!;
    for (let j = i * plane; j < (i + 1) * plane; j++) y.data[j]! += value;
  }
  return y;
}
