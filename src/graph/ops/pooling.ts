/** Pooling over one to three spatial axes. LpPool is lowered at import; `auto_pad` is resolved there. */
import { formatShape, imageShape, sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64, type TensorType } from "../../tensor/tensor.ts";
import { array64 } from "../array64.ts";
import { flag, integer, integers } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { imageGradient } from "./convolution-gradient.ts";
import { firstMaximumGradient, maxPoolGradient } from "./pooling-gradient.ts";
import { slideWindow, tapCounts } from "./slide.ts";
import { slideExtents, windowAttributes, windowOf, type Window } from "./window.ts";
import { poolsSpace } from "../axes/window.ts";

const attributes = { ...windowAttributes, kernel_shape: integers(), ceil_mode: flag(false) };

/**
 * The largest value under each window; padding never wins. Backward: the cotangent goes to the first
 * maximum in row-major order, as in PyTorch and ONNX Runtime. ONNX MaxPool-12 without its Indices.
 */
export const maxPool = operator("MaxPool", {
  attributes: { ...attributes, storage_order: integer(0) },
  inputs: 1,
  traits: { kind: "pools", window: ([x], given) => windowFor("MaxPool", x!, given) },
  axes: poolsSpace,
  infer: ([x], given) => [pooled("MaxPool", x, windowFor("MaxPool", x, given), given.ceil_mode)],
  evaluate: ([x], given, [{ shape }]) => [
    array64(x.dtype, shape, slideWindow(x.data, x.shape, shape, windowFor("MaxPool", x, given), "maximum")),
  ],
  backward: ({ inputs: [x], outputs: [y], grad, attributes: given, b }) => [
    maxPoolGradient(b, x, y, grad, windowFor("MaxPool", x, given), given.ceil_mode),
  ],
});

/**
 * The mean under each window: over the taps inside the image or, with `count_include_pad`, inside the
 * padded image. Backward: each window's share, spread by the adjoint of a convolution with ones. ONNX AveragePool-19.
 */
export const averagePool = operator("AveragePool", {
  attributes: { ...attributes, count_include_pad: flag(false) },
  inputs: 1,
  traits: { kind: "pools", window: ([x], given) => windowFor("AveragePool", x!, given) },
  axes: poolsSpace,
  infer: ([x], given) => [pooled("AveragePool", x, windowFor("AveragePool", x, given), given.ceil_mode)],
  evaluate: ([x], given, [{ shape }]) => {
    const window = windowFor("AveragePool", x, given);
    const y = slideWindow(x.data, x.shape, shape, window, "sum");
    const counts = tapCounts(window, x.shape.slice(2), shape.slice(2), given.count_include_pad);
    for (let i = 0; i < y.length; i++) y[i]! /= counts[i % counts.length]!;
    return [array64(x.dtype, shape, y)];
  },
  backward: ({ inputs: [x], outputs: [y], grad, attributes: given, b }) => {
    const window = windowFor("AveragePool", x, given);
    const counts = tapCounts(window, x.shape.slice(2), y.shape.slice(2), given.count_include_pad);
    return [spreadShares(b, shares(b, grad, counts), window, x.shape)];
  },
});

/** The mean of each channel. Backward: dy / size everywhere. ONNX GlobalAveragePool-1. */
export const globalAveragePool = operator("GlobalAveragePool", {
  attributes: {},
  inputs: 1,
  traits: { kind: "pools" },
  axes: poolsSpace,
  infer: ([x]) => [overall("GlobalAveragePool", x)],
  evaluate: ([x], _, [type]) => [
    array64(
      x.dtype,
      type.shape,
      perPlane(x.data, x.shape, (plane) => plane.reduce((sum, value) => sum + value, 0) / plane.length),
    ),
  ],
  backward: ({ inputs: [x], grad, b }) => [
    b.expand(b.div(grad, b.scalar(sizeOf(x.shape.slice(2)), grad.dtype)), x.shape),
  ],
});

/** The maximum of each channel. Backward: to the first maximum. ONNX GlobalMaxPool-1. */
export const globalMaxPool = operator("GlobalMaxPool", {
  attributes: {},
  inputs: 1,
  traits: { kind: "pools" },
  axes: poolsSpace,
  infer: ([x]) => [overall("GlobalMaxPool", x)],
  evaluate: ([x], _, [type]) => [
    array64(
      x.dtype,
      type.shape,
      perPlane(x.data, x.shape, (plane) => plane.reduce((max, value) => Math.max(max, value), -Infinity)),
    ),
  ],
  backward: ({ inputs: [x], outputs: [y], grad, b }) => [firstMaximumGradient(b, x, y, grad)],
});

function windowFor(
  op: string,
  x: TensorType,
  given: Parameters<typeof windowOf>[2] & { readonly kernel_shape: readonly number[] },
): Window {
  const rank = x.shape.length - 2;
  if (rank < 1 || rank > 3 || given.kernel_shape.length !== rank) {
    throw new RangeError(
      `${op} takes one to three spatial axes and as many kernel extents, not ${formatShape(x.shape)} and [${given.kernel_shape.join(", ")}]`,
    );
  }
  return windowOf(op, given.kernel_shape, given);
}

const pooled = (op: string, x: TensorType, window: Window, ceil: boolean): TensorType => ({
  dtype: x.dtype,
  shape: [...x.shape.slice(0, 2), ...slideExtents(op, window, x.shape.slice(2), ceil)],
});

function overall(op: string, x: TensorType): TensorType {
  if (x.shape.length < 3) throw new RangeError(`${op} needs a spatial axis, which ${formatShape(x.shape)} has not`);
  return { dtype: x.dtype, shape: x.shape.map((extent, axis) => (axis < 2 ? extent : 1)) };
}

function perPlane(x: Float64Array, shape: Shape, f: (plane: Float64Array) => number): Float64Array {
  const size = sizeOf(shape.slice(2));
  return new Float64Array(shape[0]! * shape[1]!).map((_, i) => f(x.subarray(i * size, (i + 1) * size)));
}

/** Divided, not multiplied by 1/n: a float32 constant 1/n would put the float64 reference 1e-8 off. */
function shares(b: Builder, grad: Value, counts: Float64Array): Value {
  if (counts.every((count) => count === counts[0]))
    return counts[0] === 1 ? grad : b.div(grad, b.scalar(counts[0]!, grad.dtype));
  return b.div(grad, b.tensor(fromFloat64(grad.dtype, [1, 1, ...grad.shape.slice(2)], counts)));
}

/** The adjoint of summing under windows. */
function spreadShares(b: Builder, grad: Value, window: Window, shape: Shape): Value {
  const [, channels, ...image] = imageShape(shape);
  const steps = grad.shape.slice(2);
  const tiles = window.kernel.every(
    (extent, axis) =>
      window.dilations[axis] === 1 &&
      window.before[axis] === 0 &&
      image[axis] === extent * steps[axis]! &&
      (window.strides[axis] === extent || steps[axis] === 1),
  );
  if (tiles && steps.every((count) => count === 1)) return b.expand(grad, shape);
  if (tiles && steps.length === 2) {
    return b.apply("Resize", [grad], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
      scales: [1, 1, ...window.kernel],
    });
  }
  const ones = b.expand(b.scalar(1, grad.dtype), [channels, 1, ...window.kernel]);
  const exact = image.map((extent, axis) => {
    const needed =
      (steps[axis]! - 1) * window.strides[axis]! + (window.kernel[axis]! - 1) * window.dilations[axis]! + 1;
    return Math.max(0, needed - window.before[axis]! - extent);
  });
  return imageGradient(b, grad, ones, { ...window, after: exact }, channels, shape);
}
