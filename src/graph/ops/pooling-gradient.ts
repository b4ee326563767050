/**
 * The gradient of a maximum under windows, in core operators and exact in ties: the first maximum in
 * row-major order takes all. (ONNX's Indices output would do, but its kernel in ONNX Runtime is not vectorised,
 * and leaves the blocked layout.)
 */
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import type { Builder, Value } from "../builder.ts";
import { padsOf, reach, type Window } from "./window.ts";

/** Along one axis; beyond it the numbers of a file are not to be believed. */
const mostTaps = 4096;

export function maxPoolGradient(b: Builder, x: Value, y: Value, grad: Value, window: Window, ceil: boolean): Value {
  const covers = x.shape.every(
    (extent, axis) => axis < 2 || (y.shape[axis] === 1 && reach(window, axis - 2) === extent),
  );
  if (covers && [...padsOf(window)].every((pad) => pad === 0) && window.dilations.every((dilation) => dilation === 1))
    return firstMaximumGradient(b, x, y, grad);
  return separateMaxima(b, x, y, grad, window, ceil);
}

/**
 * One window over all of the image. Of the positions that hold the maximum the first has the largest
 * rank: dx = dy·[rank = max rank], where rank counts down to 1 over the maxima and is 0 elsewhere.
 */
export function firstMaximumGradient(b: Builder, x: Value, y: Value, grad: Value): Value {
  const axes = x.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const size = sizeOf(x.shape.slice(2));
  const countdown = b.tensor(
    fromFloat64(
      "float32",
      [1, 1, ...x.shape.slice(2)],
      Float64Array.from({ length: size }, (_, i) => size - i),
    ),
  );
  const ranks = b.mul(b.mask(b.apply("Equal", [x, y]), "float32"), countdown);
  const first = b.apply("Equal", [ranks, b.apply("ReduceMax", [ranks], { axes, keepdims: true })]);
  return b.mul(b.mask(first, grad.dtype), grad);
}

/**
 * A maximum over a box is one over lines of maxima over lines, and the first in row-major order lies
 * in the first line of the first … : so the axes are undone one by one, outermost first.
 */
function separateMaxima(b: Builder, x: Value, y: Value, grad: Value, window: Window, ceil: boolean): Value {
  if (window.kernel.some((taps) => taps > mostTaps)) {
    throw new GlassboxError(
      "unsupported",
      `MaxPool's gradient over a window of [${window.kernel.join(", ")}] would need a node for each tap.`,
    );
  }
  const axes = window.kernel.flatMap((extent, axis) =>
    extent > 1 || window.strides[axis]! > 1 || window.before[axis]! + window.after[axis]! > 0 ? [axis] : [],
  );
  const partial = [x];
  for (const axis of axes.slice(1).reverse())
    partial.unshift(b.apply("MaxPool", [partial[0]], alongAxis(window, axis, ceil)));
  return axes.reduce(
    (cotangent, axis, i) => lineGradient(b, partial[i]!, i === 0 ? y : partial[i - 1]!, cotangent, window, axis),
    grad,
  );
}

function alongAxis(window: Window, axis: number, ceil: boolean) {
  const only = (values: readonly number[], otherwise: number): number[] =>
    values.map((value, i) => (i === axis ? value : otherwise));
  return {
    kernel_shape: only(window.kernel, 1),
    strides: only(window.strides, 1),
    dilations: only(window.dilations, 1),
    pads: [...only(window.before, 0), ...only(window.after, 0)],
    ceil_mode: ceil,
  };
}

/**
 * Along one axis: each tap takes the cotangent of the windows whose maximum it holds, as far as earlier taps have
 * left it. What it takes is put back to its position; strided taps meet by phases, interleaved at the end.
 */
function lineGradient(b: Builder, x: Value, y: Value, grad: Value, window: Window, spatial: number): Value {
  const axis = spatial + 2;
  const [stride, dilation, before] = [window.strides[spatial]!, window.dilations[spatial]!, window.before[spatial]!];
  const [extent, count] = [x.shape[axis]!, y.shape[axis]!];
  const blocks = count + Math.floor((reach(window, spatial) - 1) / stride);
  const used = Math.min(extent, blocks * stride - before);
  const taps = window.kernel[spatial]!;
  // The last tap takes what is left without a look, so the image need not reach so far.
  const seenTo = (count - 1) * stride + Math.max(0, taps - 2) * dilation + 1;
  const padded = padAxis(b, x, axis, before, Math.max(0, seenTo - before - extent), b.scalar(-Infinity, x.dtype));

  const zero = b.scalar(0, grad.dtype);
  const phases: (Value | undefined)[] = Array.from({ length: stride }, () => undefined);
  let left = grad;
  for (let tap = 0; tap < taps; tap++) {
    const start = tap * dilation;
    const seen = () => b.slice(padded, [axis], [start], [start + (count - 1) * stride + 1], [stride]);
    const taken = tap === taps - 1 ? left : b.mul(left, b.mask(b.apply("Equal", [seen(), y]), grad.dtype));
    if (tap < taps - 1) left = b.sub(left, taken);
    const block = Math.floor(start / stride);
    const placed = padAxis(b, taken, axis, block, blocks - block - count, zero);
    const phase = start % stride;
    const known = phases[phase];
    phases[phase] = known ? b.add(known, placed) : placed;
  }
  const lined = interleave(b, phases, axis, b.expand(zero, withExtent(grad.shape, axis, blocks)));
  return padAxis(b, cropAxis(b, lined, axis, before, before + used), axis, 0, extent - used, zero);
}

const withExtent = (shape: Shape, axis: number, extent: number): number[] =>
  shape.map((old, i) => (i === axis ? extent : old));

function interleave(b: Builder, phases: readonly (Value | undefined)[], axis: number, missing: Value): Value {
  if (phases.length === 1) return phases[0] ?? missing;
  const { shape } = missing;
  const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const together = b.concat(
    phases.map((phase) => b.reshape(phase ?? missing, split)),
    axis + 1,
  );
  return b.reshape(together, withExtent(shape, axis, shape[axis]! * phases.length));
}

function cropAxis(b: Builder, x: Value, axis: number, from: number, to: number): Value {
  return from === 0 && to === x.shape[axis] ? x : b.slice(x, [axis], [from], [to]);
}

/** By Concat with constants: what ONNX Runtime does as plain copies. */
function padAxis(b: Builder, x: Value, axis: number, before: number, after: number, fill: Value): Value {
  const wall = (extent: number): Value[] => (extent > 0 ? [b.expand(fill, withExtent(x.shape, axis, extent))] : []);
  return b.concat([...wall(before), x, ...wall(after)], axis);
}
