/**
 * Normalizations by statistics of the sample itself. BatchNormalization at inference is a scale and a shift, and
 * RMSNormalization (opset 23) a handful of primitives: both are lowered at import, where runtimes fuse them again.
 */
import { formatShape, imageShape, normalizeAxis, sizeOf, type Shape } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import { array64, type Array64 } from "../array64.ts";
import { float, integer } from "../attributes.ts";
import { broadcastOrThrow, type Builder, type Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { bias, gain } from "../traits.ts";
import { broadcastIndex } from "./along-axis.ts";
import { normalizesLast } from "../axes/reduce.ts";
import { keepsImage } from "../axes/window.ts";

/**
 * y = x̂·scale + bias with x̂ = (x − μ)/√(σ² + ε), mean and variance over the axes from `axis` on.
 * Backward, with g = dy·scale: dx = (g − mean g − x̂·mean(g·x̂))/√(σ² + ε); dscale = Σ dy·x̂; dbias = Σ dy.
 * Ba, Kiros, Hinton 2016. ONNX LayerNormalization-17, its first output.
 */
export const layerNormalization = operator("LayerNormalization", {
  attributes: { axis: integer(-1), epsilon: float(1e-5), stash_type: integer(1) },
  inputs: [2, 3],
  traits: { kind: "normalizes", parameters: { 1: gain, 2: bias } },
  axes: normalizesLast,
  infer: ([x, scale, bias], { axis }) => {
    const normalized = x.shape.slice(normalizeAxis(axis, x.shape.length));
    for (const parameter of bias ? [scale, bias] : [scale]) {
      const shape = broadcastOrThrow("LayerNormalization", parameter.shape, x.shape);
      if (shape.length !== x.shape.length || sizeOf(shape) !== sizeOf(x.shape)) {
        throw new RangeError(
          `LayerNormalization over ${formatShape(normalized)} cannot scale by ${formatShape(parameter.shape)}`,
        );
      }
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  evaluate: ([x, scale, bias], { axis, epsilon }) => {
    const y = standardized(x.data, sizeOf(x.shape.slice(normalizeAxis(axis, x.shape.length))), epsilon);
    return [scaled(x, y, scale, bias)];
  },
  backward: ({ inputs: [x, scale, bias], grad, attributes: { axis, epsilon }, needs, b }) => {
    const first = normalizeAxis(axis, x.shape.length);
    const axes = x.shape.flatMap((_, i) => (i >= first ? [i] : []));
    const { normal, pull } = standardization(b, x, axes, epsilon);
    return [
      needs[0] ? pull(b.mul(grad, scale)) : null,
      needs[1] ? b.unbroadcast(b.mul(grad, normal), scale.shape) : null,
      needs[2] && bias ? b.unbroadcast(grad, bias.shape) : null,
    ];
  },
});

/** The same over the space of each channel, with a scale and bias a channel. Ulyanov, Vedaldi, Lempitsky 2016. ONNX InstanceNormalization-6. */
export const instanceNormalization = operator("InstanceNormalization", {
  attributes: { epsilon: float(1e-5) },
  inputs: 3,
  traits: { kind: "normalizes", parameters: { 1: gain, 2: bias } },
  axes: keepsImage,
  infer: ([x, scale, bias]) => [perChannel("InstanceNormalization", x, scale, bias)],
  evaluate: ([x, scale, bias], { epsilon }) => [
    scaled(x, standardized(x.data, sizeOf(x.shape.slice(2)), epsilon), scale, bias, columnOf(x.shape)),
  ],
  backward: ({ inputs: [x, scale], grad, attributes: { epsilon }, needs, b }) =>
    groupedGradient(b, x, scale, grad, x.shape[1]!, epsilon, needs),
});

/** The same over groups of channels and their space. Wu, He 2018. ONNX GroupNormalization-21. */
export const groupNormalization = operator("GroupNormalization", {
  attributes: { num_groups: integer(), epsilon: float(1e-5), stash_type: integer(1) },
  inputs: 3,
  traits: { kind: "normalizes", parameters: { 1: gain, 2: bias } },
  axes: keepsImage,
  infer: ([x, scale, bias], { num_groups }) => {
    const type = perChannel("GroupNormalization", x, scale, bias);
    if (!(num_groups > 0) || x.shape[1]! % num_groups !== 0)
      throw new RangeError(`GroupNormalization cannot make ${num_groups} groups of ${x.shape[1]} channels`);
    return [type];
  },
  evaluate: ([x, scale, bias], { num_groups, epsilon }) => [
    scaled(x, standardized(x.data, sizeOf(x.shape.slice(1)) / num_groups, epsilon), scale, bias, columnOf(x.shape)),
  ],
  backward: ({ inputs: [x, scale], grad, attributes: { num_groups, epsilon }, needs, b }) =>
    groupedGradient(b, x, scale, grad, num_groups, epsilon, needs),
});

/**
 * y = x·s^(−β) with s = bias + α/size·Σ x² over the `size` channels around each, one more after than before if even.
 * Backward: dx = dy·s^(−β) − 2αβ/size·x·Σ(dy·x·s^(−β−1)), the window mirrored. Krizhevsky, Sutskever, Hinton 2012, §3.3. ONNX LRN-13.
 */
export const lrn = operator("LRN", {
  attributes: { alpha: float(1e-4), beta: float(0.75), bias: float(1), size: integer() },
  inputs: 1,
  traits: { kind: "normalizes" },
  axes: keepsImage,
  infer: ([x], { size }) => {
    if (x.shape.length < 3 || !(size > 0))
      throw new RangeError(`LRN over ${size} channels does not fit ${formatShape(x.shape)}`);
    return [x];
  },
  evaluate: ([x], { alpha, beta, bias, size }) => {
    const [batch, channels] = imageShape(x.shape);
    const plane = sizeOf(x.shape.slice(2));
    const y = new Float64Array(x.data.length);
    for (let i = 0; i < y.length; i++) {
      const channel = Math.floor(i / plane) % channels;
      const from = Math.max(0, channel - Math.floor((size - 1) / 2));
      const to = Math.min(channels - 1, channel + Math.ceil((size - 1) / 2));
      let sum = 0;
      for (let c = from; c <= to; c++) sum += x.data[i + (c - channel) * plane]! ** 2;
      y[i] = x.data[i]! * (bias + (alpha / size) * sum) ** -beta;
    }
    return [array64(x.dtype, [batch, channels, ...x.shape.slice(2)], y)];
  },
  backward: ({ inputs: [x], grad, attributes: { alpha, beta, bias, size }, b }) => {
    const power = (value: Value, exponent: number): Value => b.apply("Pow", [value, b.scalar(exponent, value.dtype)]);
    const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
    const s = b.shift(b.scale(channelMeans(b, b.mul(x, x), size, before, after), alpha), bias);
    const spread = channelMeans(b, b.mul(b.mul(grad, x), power(s, -beta - 1)), size, after, before);
    return [b.sub(b.mul(grad, power(s, -beta)), b.scale(b.scale(b.mul(x, spread), 2 * alpha), beta))];
  },
});

/** Σ/size over neighbouring channels, as pooling over a picture of channels by positions. */
function channelMeans(b: Builder, x: Value, size: number, before: number, after: number): Value {
  const [batch, channels, ...space] = imageShape(x.shape);
  const picture = b.reshape(x, [batch, 1, channels, sizeOf(space)]);
  const means = b.apply("AveragePool", [picture], {
    kernel_shape: [size, 1],
    pads: [before, 0, after, 0],
    count_include_pad: true,
  });
  return b.reshape(means, x.shape);
}

/** x̂ over `axes`, and what its cotangent becomes as one of x. */
function standardization(b: Builder, x: Value, axes: readonly number[], epsilon: number) {
  const mean = (value: Value): Value => b.apply("ReduceMean", [value], { axes, keepdims: true });
  const centred = b.sub(x, mean(x));
  const deviation = b.apply("Sqrt", [b.shift(mean(b.mul(centred, centred)), epsilon)]);
  const normal = b.div(centred, deviation);
  const pull = (g: Value): Value => b.div(b.sub(b.sub(g, mean(g)), b.mul(normal, mean(b.mul(g, normal)))), deviation);
  return { normal, pull };
}

function groupedGradient(
  b: Builder,
  x: Value,
  scale: Value,
  grad: Value,
  groups: number,
  epsilon: number,
  needs: readonly boolean[],
): (Value | null)[] {
  const rows = [x.shape[0]!, groups, sizeOf(x.shape.slice(1)) / groups];
  const { normal, pull } = standardization(b, b.reshape(x, rows), [2], epsilon);
  const overAllButChannel = (value: Value): Value =>
    b.sum(
      value,
      value.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])),
    );
  return [
    needs[0] ? b.reshape(pull(b.reshape(b.mul(grad, b.reshape(scale, columnOf(x.shape))), rows)), x.shape) : null,
    needs[1] ? overAllButChannel(b.mul(grad, b.reshape(normal, x.shape))) : null,
    needs[2] ? overAllButChannel(grad) : null,
  ];
}

const columnOf = (shape: Shape): number[] => shape.slice(1).map((extent, axis) => (axis === 0 ? extent : 1));

function perChannel(op: string, x: TensorType, scale: TensorType, bias: TensorType): TensorType {
  for (const { shape } of [scale, bias]) {
    if (x.shape.length < 2 || shape.length !== 1 || shape[0] !== x.shape[1])
      throw new RangeError(`${op} of ${formatShape(x.shape)} cannot scale by ${formatShape(shape)}`);
  }
  return { dtype: x.dtype, shape: x.shape };
}

/** Each run of `length` numbers to mean 0 and variance 1; two passes, since one loses digits. */
function standardized(x: Float64Array, length: number, epsilon: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += length) {
    let mean = 0;
    for (let i = start; i < start + length; i++) mean += x[i]! / length;
    let variance = 0;
    for (let i = start; i < start + length; i++) variance += (x[i]! - mean) ** 2 / length;
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let i = start; i < start + length; i++) y[i] = (x[i]! - mean) * factor;
  }
  return y;
}

/** In place. Per-channel scale and bias broadcast as a `column`, others by their own shape. */
function scaled(x: Array64, y: Float64Array, scale: Array64, bias: Array64 | undefined, column?: Shape): Array64 {
  const byScale = broadcastIndex(column ?? scale.shape, x.shape);
  const byBias = bias && broadcastIndex(column ?? bias.shape, x.shape);
  for (let i = 0; i < y.length; i++)
    y[i] = y[i]! * scale.data[byScale[i]!]! + (bias && byBias ? bias.data[byBias[i]!]! : 0);
  return array64(x.dtype, x.shape, y);
}
