/** Normalizations, composed of means. */
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import {
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lrn,
} from "../../../graph/ops/normalization.ts";
import { normalizeAxis, sizeOf, type Shape } from "../../../tensor/shape.ts";
import type { Tf } from "../backend.ts";
import { kernel, type Call, type Kernel } from "../kernel.ts";

function standardized(tf: Tf, x: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, axes, true));
  return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.mul(centred, centred), axes, true), epsilon)));
}

/** Standardizes each row of [N · groups, rest], then applies a scale and a bias per channel. */
function grouped(call: Call, groups: number, epsilon: number): Tensor {
  const { tf } = call;
  const shape = call.shape(0);
  const column = [1, shape[1]!, ...shape.slice(2).map(() => 1)];
  const rows = [shape[0]! * groups, sizeOf(shape.slice(1)) / groups];
  const y = tf.reshape(standardized(tf, tf.reshape(call.x(0), rows), [1], epsilon), [...shape]);
  const parameter = (i: number): Tensor => tf.reshape(call.cells[i]!.as("plain"), column);
  return tf.add(tf.mul(y, parameter(1)), parameter(2));
}

const from = (shape: Shape, axis: number): number[] =>
  shape.flatMap((_, i) => (i >= normalizeAxis(axis, shape.length) ? [i] : []));

export const normalizationKernels: readonly Kernel[] = [
  kernel(layerNormalization, {
    layout: "plain",
    run: (call, { axis, epsilon }) => {
      const y = call.tf.mul(standardized(call.tf, call.x(0), from(call.shape(0), axis), epsilon), call.x(1));
      return call.has(2) ? call.tf.add(y, call.x(2)) : y;
    },
  }),
  kernel(instanceNormalization, {
    layout: "plain",
    run: (call, { epsilon }) => grouped(call, call.shape(0)[1]!, epsilon),
  }),
  kernel(groupNormalization, {
    layout: "plain",
    run: (call, { num_groups, epsilon }) => grouped(call, num_groups, epsilon),
  }),
  kernel(lrn, {
    layout: "images",
    // TensorFlow's window is symmetric, so its size must be odd.
    fits: ({ inputs: [x] }, { size }) => x!.shape.length === 4 && size % 2 === 1,
    run: (call, { alpha, beta, bias, size }) =>
      call.tf.localResponseNormalization(call.x(0) as Tensor4D, (size - 1) / 2, bias, alpha / size, beta),
  }),
];
