import type { RankedClass } from "../../protocol/result.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import { method } from "../method.ts";
import { count } from "../option.ts";

/** What the model says: softmax over its logits. Cost: one forward pass. */
export const prediction = method("prediction", {
  title: "Prediction",
  summary: "The model's classes by probability.",
  cost: "one forward pass",
  paper: undefined,
  options: { top: count(5, 1, 10000, { label: "Classes", description: "How many of the best classes are listed." }) },
  needsTarget: false,
  async *run({ network, input, options }) {
    const logits = toFloat64(await network.logits(input));
    return { data: { kind: "prediction", logits: float32([logits.length], logits), top: rankClasses(logits, options.top, network.source.classNames) }, certificate: [] };
  },
});

/** Softmax, then the best `top` classes; ties in the order of their indices. */
export function rankClasses(logits: Float64Array, top: number, names: readonly string[] | undefined): RankedClass[] {
  const probabilities = softmax(logits);
  return Array.from(logits, (_, index) => index)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, top)
    .map((index) => ({ index, name: names?.[index] ?? `class ${index}`, logit: logits[index]!, probability: probabilities[index]! }));
}

export function softmax(logits: Float64Array): Float64Array {
  const max = logits.reduce((best, value) => Math.max(best, value), -Infinity);
  const exponentials = logits.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
