/** Reductions, cumulative sums, extremes and their indices. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { argMax, argMin } from "../../../graph/ops/arg-reduction.ts";
import { reduceMax, reduceMean, reduceMin, reduceProd, reduceSum } from "../../../graph/ops/reduction.ts";
import { cumSum } from "../../../graph/ops/scan.ts";
import { topK } from "../../../graph/ops/topk.ts";
import type { Tf } from "../backend.ts";
import { kernel, type Call, type Kernel } from "../kernel.ts";

type Reduce = (tf: Tf) => (x: Tensor, axes: number[], keepdims: boolean) => Tensor;

const reduction = (op: typeof reduceSum, reduce: Reduce): Kernel =>
  kernel(op, {
    layout: "either",
    run: (call, { axes, keepdims }) => {
      const named = axes === undefined || axes.length === 0 ? call.shape(0).map((_, axis) => axis) : axes;
      return named.length === 0
        ? call.x(0)
        : reduce(call.tf)(
            call.x(0),
            named.map((axis) => call.axis(axis)),
            keepdims,
          );
    },
  });

const extremeIndex = (op: typeof argMax, find: (tf: Tf) => (x: Tensor, axis: number) => Tensor): Kernel =>
  kernel(op, {
    layout: "plain",
    yields: [0],
    fits: (_, { select_last_index }) => !select_last_index,
    run: (call, { axis }) => call.tf.reshape(find(call.tf)(call.x(0), call.axis(axis)), [...call.results[0]!.shape]),
  });

/** Moves `axis` to the end for `f` and moves it back in the results, for functions that TensorFlow.js has for the last axis only. */
export function alongLast(call: Call, axis: number, f: (x: Tensor) => readonly Tensor[]): Tensor[] {
  const { tf } = call;
  const x = call.x(0);
  const along = call.axis(axis);
  const last = x.rank - 1;
  if (along === last) return [...f(x)];
  const swap = Array.from({ length: x.rank }, (_, i) => (i === along ? last : i === last ? along : i));
  return f(tf.transpose(x, swap)).map((y) => tf.transpose(y, swap));
}

export const reductionKernels: readonly Kernel[] = [
  reduction(reduceSum, (tf) => tf.sum),
  reduction(reduceMean, (tf) => tf.mean),
  reduction(reduceMax, (tf) => tf.max),
  reduction(reduceMin, (tf) => tf.min),
  reduction(reduceProd, (tf) => tf.prod),
  extremeIndex(argMax, (tf) => tf.argMax),
  extremeIndex(argMin, (tf) => tf.argMin),
  kernel(cumSum, {
    layout: "plain",
    run: (call, { axis, exclusive, reverse }) => call.tf.cumsum(call.x(0), call.axis(axis), exclusive, reverse),
  }),
  kernel(topK, {
    layout: "plain",
    yields: [1],
    fits: (_, { k }) => k > 0,
    run: (call, { k, axis, largest }) =>
      alongLast(call, axis, (x) => {
        const { values, indices } = call.tf.topk(largest ? x : call.tf.neg(x), k, true);
        return [largest ? values : call.tf.neg(values), indices];
      }),
  }),
];
