/** Matrix products. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { gemmOperator, matmul } from "../../../graph/ops/matmul.ts";
import { broadcastShapes, sizeOf, type Shape } from "../../../tensor/shape.ts";
import { kernel, type Call, type Kernel } from "../kernel.ts";

export const productKernels: readonly Kernel[] = [
  kernel(matmul, { layout: "plain", run: (call) => product(call, call.shape(0), call.shape(1)) }),
  kernel(gemmOperator, {
    layout: "plain",
    run: (call, { alpha, beta, transA, transB }) => {
      const { tf } = call;
      const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : tf.mul(x, by));
      const y = scaled(tf.matMul(call.x(0), call.x(1), transA, transB), alpha);
      return call.has(2) ? tf.add(y, scaled(call.x(2), beta)) : y;
    },
  }),
];

/** A vector is a row on the left and a column on the right. One matrix for a whole batch is a single large product. */
function product(call: Call, left: Shape, right: Shape): Tensor {
  const { tf } = call;
  const rows = left.length === 1 ? [1, ...left] : [...left];
  const columns = right.length === 1 ? [...right, 1] : [...right];
  const result = [...call.results[0]!.shape];
  const depth = rows.at(-1)!;
  if (columns.length === 2)
    return tf.reshape(
      tf.matMul(tf.reshape(call.x(0), [sizeOf(rows) / depth, depth]), tf.reshape(call.x(1), columns)),
      result,
    );
  // TensorFlow.js broadcasts batches incorrectly if both sides are repeated, along different axes.
  const batch = broadcastShapes(rows.slice(0, -2), columns.slice(0, -2))!;
  const spread = (x: Tensor, shape: readonly number[]): Tensor =>
    tf.reshape(tf.broadcastTo(tf.reshape(x, [...shape]), [...batch, ...shape.slice(-2)]), [
      sizeOf(batch),
      ...shape.slice(-2),
    ]);
  return tf.reshape(tf.matMul(spread(call.x(0), rows), spread(call.x(1), columns)), result);
}
