import { normalizeAxis } from "../../tensor/shape.ts";
import { integer } from "../attributes.ts";
import { operator } from "../operator.ts";
import { alongAxis } from "./along-axis.ts";
import { softmaxes } from "../axes/contract.ts";

/**
 * Softmax along `axis`: yᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x).
 * Backward: dx = y ⊙ (dy − Σ(dy ⊙ y)). ONNX Softmax-13.
 */
export const softmax = operator("Softmax", {
  attributes: { axis: integer(-1) },
  inputs: 1,
  traits: { kind: "normalizes", probabilities: "softmax" },
  axes: softmaxes,
  infer: ([x]) => [x],
  evaluate: ([x], { axis }) => [alongAxis(x, normalizeAxis(axis, x.shape.length), softmaxLine)],
  backward: ({ outputs: [y], grad, attributes: { axis }, b }) => {
    const inner = b.sum(b.mul(grad, y), [axis], true);
    return [b.mul(y, b.sub(grad, inner))];
  },
});

/**
 * log softmax: yᵢ = xᵢ − max x − ln Σⱼ exp(xⱼ − max x).
 * Backward: dx = dy − exp(y)·Σ dy. ONNX LogSoftmax-13.
 */
export const logSoftmax = operator("LogSoftmax", {
  attributes: { axis: integer(-1) },
  inputs: 1,
  traits: { kind: "normalizes", probabilities: "log-softmax" },
  axes: softmaxes,
  infer: ([x]) => [x],
  evaluate: ([x], { axis }) => [alongAxis(x, normalizeAxis(axis, x.shape.length), logSoftmaxLine)],
  backward: ({ outputs: [y], grad, attributes: { axis }, b }) => [
    b.sub(grad, b.mul(b.apply("Exp", [y]), b.sum(grad, [axis], true))),
  ],
});

function softmaxLine(x: Float64Array, y: Float64Array, start: number, stride: number, length: number): void {
  const { max, sum } = normalizer(x, start, stride, length);
  for (let i = 0, at = start; i < length; i++, at += stride) y[at] = Math.exp(x[at]! - max) / sum;
}

function logSoftmaxLine(x: Float64Array, y: Float64Array, start: number, stride: number, length: number): void {
  const { max, sum } = normalizer(x, start, stride, length);
  for (let i = 0, at = start; i < length; i++, at += stride) y[at] = x[at]! - max - Math.log(sum);
}

function normalizer(x: Float64Array, start: number, stride: number, length: number): { max: number; sum: number } {
  let max = -Infinity;
  for (let i = 0, at = start; i < length; i++, at += stride) max = Math.max(max, x[at]!);
  let sum = 0;
  for (let i = 0, at = start; i < length; i++, at += stride) sum += Math.exp(x[at]! - max);
  return { max, sum };
}
