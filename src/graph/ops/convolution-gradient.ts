/** Gradients of convolution as convolutions, in the formulation that measured fastest for each shape. */
import { fromFloat64 } from "../../tensor/tensor.ts";
import { imageShape, sizeOf, type Shape } from "../../tensor/shape.ts";
import type { Builder, Value } from "../builder.ts";
import { padsOf, reach, type Window } from "./window.ts";

const windowAttributesOf = (window: Window) => ({
  strides: window.strides,
  dilations: window.dilations,
  pads: padsOf(window),
});

/**
 * The adjoint of a convolution in its image of `shape`. With stride 1, a convolution by the flipped
 * kernel (ONNX Runtime 1.32: 12.6 ms against 17.7 by ConvTranspose for 8×64@56², 3.1 against 11.6 depthwise);
 * strided and depthwise, the same after masked upsampling (0.99 against 3.0 ms for 96@112²); strided
 * and dense, ConvTranspose (9.4 against 47.6 ms by zero insertion).
 */
export function imageGradient(
  b: Builder,
  grad: Value,
  weight: Value,
  window: Window,
  groups: number,
  shape: Shape,
): Value {
  const spatial = shape.slice(2);
  const channels = shape[1]! / groups;
  const filters = weight.shape[0]! / groups;
  const before = spatial.map((_, axis) => reach(window, axis) - 1 - window.before[axis]!);
  const strided = window.strides.some((stride) => stride > 1);
  const after = spatial.map(
    (extent, axis) => extent - grad.shape[2 + axis]! * window.strides[axis]! + window.before[axis]!,
  );
  const flips = [...before, ...after].every((pad) => pad >= 0);
  if (flips && (!strided || (channels === 1 && filters === 1 && spatial.length === 2))) {
    const spread = strided ? insertZeros(b, grad, window.strides) : grad;
    const flipped = flipKernel(b, swapGroupedAxes(b, weight, groups));
    return b.apply("Conv", [spread, flipped], {
      dilations: window.dilations,
      pads: [...before, ...after],
      group: groups,
    });
  }
  const output_padding = spatial.map((extent, axis) => extent - transposedExtent(grad.shape[2 + axis]!, window, axis));
  return b.apply("ConvTranspose", [grad, weight], { ...windowAttributesOf(window), group: groups, output_padding });
}

/** The extent of the smallest image on which the window takes `count` steps. */
export const transposedExtent = (count: number, window: Window, axis: number): number =>
  (count - 1) * window.strides[axis]! + reach(window, axis) - window.before[axis]! - window.after[axis]!;

/**
 * The gradient of a convolution in its weight of `shape`, again a convolution: channels are its batch, the
 * batch its channels, the cotangent its kernel, and strides and dilations change places.
 */
export function weightGradient(
  b: Builder,
  image: Value,
  grad: Value,
  window: Window,
  groups: number,
  shape: Shape,
): Value {
  const [batch, , ...spatial] = imageShape(image.shape);
  const [filters, channels, ...kernel] = imageShape(shape);
  const steps = grad.shape.slice(2);
  const split = (x: Value, perm: readonly number[], rest: readonly number[], joined: Shape): Value =>
    b.reshape(
      b.transpose(b.reshape(x, [batch, groups, x.shape[1]! / groups, ...rest]), [
        ...perm,
        ...rest.map((_, i) => 3 + i),
      ]),
      joined,
    );
  const planes = split(image, [2, 1, 0], spatial, [channels, groups * batch, ...spatial]);
  const kernels = split(grad, [1, 2, 0], steps, [filters, batch, ...steps]);
  const after = spatial.map((extent, axis) =>
    Math.max(0, (steps[axis]! - 1) * window.strides[axis]! + reach(window, axis) - window.before[axis]! - extent),
  );
  const sums = b.apply("Conv", [planes, kernels], {
    strides: window.dilations,
    dilations: window.strides,
    pads: [...window.before, ...after],
    group: groups,
  });
  const axes = kernel.map((_, axis) => 2 + axis);
  const fits = kernel.every((extent, axis) => sums.shape[2 + axis] === extent);
  const cropped = fits
    ? sums
    : b.slice(
        sums,
        axes,
        axes.map(() => 0),
        kernel,
      );
  return b.transpose(cropped, [1, 0, ...axes]);
}

/** Sums over everything but the channel. */
export const biasGradient = (b: Builder, grad: Value): Value =>
  b.sum(
    grad,
    grad.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])),
  );

/** [G·M, C, …] to [G·C, M, …]: the weight of the opposite direction. */
function swapGroupedAxes(b: Builder, weight: Value, groups: number): Value {
  const [rows, columns, ...kernel] = imageShape(weight.shape);
  if (groups === rows && columns === 1) return weight;
  const tail = kernel.map((_, axis) => 3 + axis);
  if (groups === 1) return b.transpose(weight, [1, 0, ...tail.map((axis) => axis - 1)]);
  const split = b.reshape(weight, [groups, rows / groups, columns, ...kernel]);
  return b.reshape(b.transpose(split, [0, 2, 1, ...tail]), [groups * columns, rows / groups, ...kernel]);
}

function flipKernel(b: Builder, weight: Value): Value {
  const axes = weight.shape.flatMap((extent, axis) => (axis >= 2 && extent > 1 ? [axis] : []));
  if (axes.length === 0) return weight;
  return b.slice(
    weight,
    axes,
    axes.map((axis) => weight.shape[axis]! - 1),
    axes.map(() => -(2 ** 31)),
    axes.map(() => -1),
  );
}

/** Each pixel in the first corner of a block of zeros: nearest upsampling times a constant comb. */
function insertZeros(b: Builder, x: Value, strides: readonly number[]): Value {
  const [batch, channels, ...spatial] = imageShape(x.shape);
  const extents = spatial.map((extent, axis) => extent * strides[axis]!);
  const enlarged = b.apply("Resize", [x], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
    scales: [1, 1, ...strides],
  });
  const shape = [1, 1, ...extents];
  const comb = new Float64Array(sizeOf(extents));
  const [width, down, along] = [extents[1]!, strides[0]!, strides[1]!];
  for (let i = 0; i < comb.length; i++)
    comb[i] = Math.floor(i / width) % down === 0 && (i % width) % along === 0 ? 1 : 0;
  const name = `comb ${x.dtype} ${extents.join("×")} / ${strides.join("×")}`;
  const mask = b.has(name) ? b.value(name) : b.tensor(fromFloat64(x.dtype, shape, comb), name);
  return b.reshape(b.mul(enlarged, mask), [batch, channels, ...extents]);
}
