/** Pooling, channels-last. Dilated windows, and averages with padding in `ceil_mode`, run by the reference law. */
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "../../../graph/ops/pooling.ts";
import { kernel, type Call, type Kernel, type Signature } from "../kernel.ts";

interface Given {
  readonly kernel_shape: readonly number[];
  readonly strides?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
}

type Pair = [number, number];
type Pads = [Pair, Pair, Pair, Pair];

const fits = ({ inputs: [x] }: Signature, { kernel_shape, dilations = [1] }: Given): boolean =>
  x!.shape.length === 4 && dilations.every((dilation, i) => dilation === 1 || kernel_shape[i] === 1);

const stridesOf = ({ strides = [1, 1] }: Given): Pair => [strides[0]!, strides[1]!];

/** The padding before and after; the latter is as large as the number of windows requires. */
function padsOf(call: Call, { kernel_shape, pads = [0, 0, 0, 0], ...given }: Given): Pads {
  const [input, result] = [call.shape(0), call.results[0]!.shape];
  const strides = stridesOf({ kernel_shape, ...given });
  const sides = [0, 1].map((axis): Pair => {
    const needed = (result[2 + axis]! - 1) * strides[axis]! + kernel_shape[axis]! - input[2 + axis]! - pads[axis]!;
    return [pads[axis]!, Math.max(pads[2 + axis]!, needed)];
  });
  return [[0, 0], sides[0]!, sides[1]!, [0, 0]];
}

const isZero = (pads: Pads): boolean => pads.flat().every((count) => count === 0);
const whole = (call: Call): number[] => call.shape(0).flatMap((_, axis) => (axis < 2 ? [] : [call.axis(axis)]));

export const poolingKernels: readonly Kernel[] = [
  kernel(maxPool, {
    layout: "images",
    fits,
    run: (call, given) => {
      const pads = padsOf(call, given);
      // The padding value is the lowest float, so it never is the maximum.
      const x = isZero(pads) ? call.x(0) : call.tf.pad(call.x(0), pads, -3.4028234663852886e38);
      return call.tf.maxPool(x as Tensor4D, given.kernel_shape as Pair, stridesOf(given), "valid");
    },
  }),
  kernel(averagePool, {
    layout: "images",
    fits: (signature, given) =>
      fits(signature, given) &&
      (!given.ceil_mode || (given.pads ?? []).every((count) => count === 0)) &&
      (given.count_include_pad || (given.pads ?? []).every((count) => count === 0) || signature.backend === "wasm"),
    run: (call, given) => {
      const pads = padsOf(call, given);
      const kernelShape = given.kernel_shape as Pair;
      if (isZero(pads)) return call.tf.avgPool(call.x(0) as Tensor4D, kernelShape, stridesOf(given), "valid");
      if (given.count_include_pad && !given.ceil_mode)
        return call.tf.avgPool(call.tf.pad(call.x(0), pads) as Tensor4D, kernelShape, stridesOf(given), "valid");
      return call.tf.avgPool(call.x(0) as Tensor4D, kernelShape, stridesOf(given), pads);
    },
  }),
  kernel(globalAveragePool, { layout: "either", run: (call) => call.tf.mean(call.x(0), whole(call), true) }),
  kernel(globalMaxPool, { layout: "either", run: (call) => call.tf.max(call.x(0), whole(call), true) }),
];
