/** Activations. Those that TensorFlow.js lacks, or has for one parameter value only, are composed. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttributesOf, AttributeSpecs } from "../../../graph/attributes.ts";
import {
  celu,
  clip,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  prelu,
  relu,
  selu,
  thresholdedRelu,
} from "../../../graph/ops/activation.ts";
import type { Tf } from "../backend.ts";
import { kernel, type Declaration, type Kernel } from "../kernel.ts";

const activation = <S extends AttributeSpecs>(
  op: Declaration<S>,
  f: (tf: Tf, x: Tensor, attributes: AttributesOf<S>) => Tensor,
): Kernel => kernel(op, { layout: "either", run: (call, attributes) => f(call.tf, call.x(0), attributes) });

/** scale · (eˣ − 1) where x ≤ 0, else 0. */
const below = (tf: Tf, x: Tensor, scale: number): Tensor => tf.mul(tf.expm1(tf.minimum(x, 0)), scale);

const clamp = (tf: Tf, x: Tensor, min = -Infinity, max = Infinity): Tensor => {
  const over = min === -Infinity ? x : tf.maximum(x, min);
  return max === Infinity ? over : tf.minimum(over, max);
};

const sloped = (tf: Tf, x: Tensor, slope: Tensor): Tensor => tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), slope));

const gaussian = (tf: Tf, x: Tensor): Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

const gaussianByTanh = (tf: Tf, x: Tensor): Tensor => {
  const cubic = tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
};

export const activationKernels: readonly Kernel[] = [
  activation(relu, (tf, x) => tf.relu(x)),
  activation(leakyRelu, (tf, x, { alpha }) => tf.leakyRelu(x, alpha)),
  kernel(prelu, { layout: "either", run: (call) => sloped(call.tf, call.x(0), call.x(1)) }),
  activation(elu, (tf, x, { alpha }) => tf.add(tf.relu(x), below(tf, x, alpha))),
  activation(selu, (tf, x, { alpha, gamma }) => tf.mul(tf.add(tf.relu(x), below(tf, x, alpha)), gamma)),
  activation(celu, (tf, x, { alpha }) => tf.add(tf.relu(x), below(tf, tf.div(x, alpha), alpha))),
  activation(thresholdedRelu, (tf, x, { alpha }) => tf.mul(x, tf.cast(tf.greater(x, alpha), "float32"))),
  activation(hardSigmoid, (tf, x, { alpha, beta }) => clamp(tf, tf.add(tf.mul(x, alpha), beta), 0, 1)),
  activation(gelu, (tf, x, { approximate }) => (approximate === "tanh" ? gaussianByTanh(tf, x) : gaussian(tf, x))),
  activation(clip, (tf, x, { min, max }) => clamp(tf, x, min, max)),
];
