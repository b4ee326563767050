/** Data movement: reshape, transpose, slice, pad, concatenate, repeat, gather. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { gather } from "../../../graph/ops/gather.ts";
import { concat, expand, reshape, tile, transpose } from "../../../graph/ops/movement.ts";
import { pad } from "../../../graph/ops/pad.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { kernel, type Call, type Kernel } from "../kernel.ts";

interface Bounds {
  readonly starts: readonly number[];
  readonly axes?: readonly number[] | undefined;
  readonly steps?: readonly number[] | undefined;
}

/** Takes the block that covers the read elements, reverses it if the step is negative, then takes every |step|-th element. */
function sliced(call: Call, { starts, axes = starts.map((_, i) => i), steps = starts.map(() => 1) }: Bounds): Tensor {
  const { tf } = call;
  const [from, to] = [call.shape(0), call.results[0]!.shape];
  const begin = from.map(() => 0);
  const size = [...from];
  const every = from.map(() => 1);
  const turned: number[] = [];
  axes.forEach((given, i) => {
    const axis = given < 0 ? given + from.length : given;
    const [extent, count, step] = [from[axis]!, to[axis]!, steps[i]!];
    const first = starts[i]! < 0 ? starts[i]! + extent : starts[i]!;
    const start = step > 0 ? Math.min(Math.max(first, 0), extent) : Math.min(Math.max(first, 0), extent - 1);
    const reach = (count - 1) * Math.abs(step) + 1;
    begin[axis] = step > 0 ? start : start - reach + 1;
    size[axis] = reach;
    every[axis] = Math.abs(step);
    if (step < 0) turned.push(call.axis(axis));
  });
  let y: Tensor = tf.slice(call.x(0), call.ordered(begin), call.ordered(size));
  if (turned.length > 0) y = tf.reverse(y, turned);
  if (every.some((step) => step > 1))
    y = tf.stridedSlice(y, call.ordered(from.map(() => 0)), call.ordered(size), call.ordered(every));
  return y;
}

/** Pads; negative counts crop first. */
function surrounded(call: Call, pads: readonly number[], value: number, mode: string): Tensor {
  const { tf } = call;
  const rank = call.rank;
  const shape = call.shape(0);
  const crop = pads.map((count) => Math.max(0, -count));
  let x = call.x(0);
  if (crop.some((count) => count > 0)) {
    x = tf.slice(
      x,
      call.ordered(crop.slice(0, rank)),
      call.ordered(shape.map((extent, axis) => extent - crop[axis]! - crop[rank + axis]!)),
    );
  }
  const counts = call
    .ordered(pads.slice(0, rank))
    .map((before, i): [number, number] => [Math.max(0, before), Math.max(0, call.ordered(pads.slice(rank))[i]!)]);
  return mode === "reflect" ? tf.mirrorPad(x, counts, "reflect") : tf.pad(x, counts, value);
}

export const movementKernels: readonly Kernel[] = [
  kernel(reshape, { layout: "plain", run: (call) => call.tf.reshape(call.x(0), [...call.results[0]!.shape]) }),
  kernel(transpose, { layout: "plain", run: (call, { perm }) => call.tf.transpose(call.x(0), perm && [...perm]) }),
  kernel(expand, {
    layout: "either",
    run: (call) => call.tf.broadcastTo(call.x(0), call.ordered(call.results[0]!.shape)),
  }),
  kernel(concat, { layout: "either", run: (call, { axis }) => call.tf.concat(call.all(), call.axis(axis)) }),
  kernel(tile, { layout: "either", run: (call, { repeats }) => call.tf.tile(call.x(0), call.ordered(repeats)) }),
  kernel(slice, {
    layout: "either",
    fits: ({ inputs: [x] }) => x!.shape.length > 0 && x!.dtype === "float32",
    run: (call, given) => sliced(call, given),
  }),
  kernel(pad, {
    layout: "either",
    fits: ({ inputs: [x] }, { mode, pads }) =>
      x!.shape.length > 0 &&
      x!.dtype === "float32" &&
      (mode === "constant" || (mode === "reflect" && pads.every((count) => count >= 0))),
    run: (call, { pads, constant_value, mode }) => surrounded(call, pads, constant_value, mode),
  }),
  kernel(gather, {
    layout: "plain",
    indices: [1],
    fits: ({ inputs: [x, indices], results: [y] }) =>
      x!.shape.length + indices!.shape.length <= 6 && y!.shape.length <= 6,
    run: (call, { axis }) => {
      const along = call.axis(axis);
      return call.tf.reshape(call.tf.gather(call.x(0), call.indices(1, call.shape(0)[along]!), along), [
        ...call.results[0]!.shape,
      ]);
    },
  }),
];
