/** Softmax and log-softmax along the last axis; other axes are transposed first. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { logSoftmax, softmax } from "../../../graph/ops/softmax.ts";
import type { Tf } from "../backend.ts";
import { kernel, type Kernel } from "../kernel.ts";
import { alongLast } from "./reduction.ts";

function logarithm(tf: Tf, x: Tensor): Tensor {
  const shifted = tf.sub(x, tf.max(x, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

export const softmaxKernels: readonly Kernel[] = [
  kernel(softmax, {
    layout: "plain",
    fits: ({ inputs: [x] }) => x!.shape.length > 0,
    run: (call, { axis }) => alongLast(call, axis, (x) => [call.tf.softmax(x)]),
  }),
  kernel(logSoftmax, {
    layout: "plain",
    fits: ({ inputs: [x] }) => x!.shape.length > 0,
    run: (call, { axis }) => alongLast(call, axis, (x) => [logarithm(call.tf, x)]),
  }),
];
