import type { Check, RankedClass } from "../../protocol/result.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import { analysis } from "../analysis.ts";
import { count } from "../option.ts";

/** The model's prediction: softmax over its logits. Cost: one forward pass. */
export const prediction = analysis("prediction", {
  family: "prediction",
  title: "Prediction",
  formula: "pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ)",
  quick: true,
  summary: "The model's classes by probability.",
  cost: "one forward pass",
  paper: undefined,
  takes: "picture",
  gives: "class-scores",
  options: { top: count(5, 1, 10000, { label: "Classes", description: "How many of the top classes are listed." }) },
  needsTarget: false,
  async *run({ network, input, options }) {
    const logits = toFloat64(await network.logits(input));
    return {
      data: {
        kind: "class-scores",
        logits: float32([logits.length], logits),
        top: rankClasses(logits, options.top, network.source.classNames),
      },
      certificate: certainty(logits, network.source.classNames),
    };
  },
});

/** The lead of the top class, and the effective number of classes: 2 to the power of the entropy in bits. */
function certainty(logits: Float64Array, names: readonly string[] | undefined): readonly Check[] {
  if (!logits.every(Number.isFinite)) {
    const bad = logits.findIndex((value) => !Number.isFinite(value));
    return [
      {
        id: "finite",
        label: "scores",
        status: "fail",
        value: String(logits[bad]),
        sentence: `The logit of class ${bad} is ${logits[bad]}: the network overflows on this input, and no probability can be trusted.`,
        numbers: {},
      },
    ];
  }
  const [best, second] = rankClasses(logits, 2, names);
  const entropy = softmax(logits).reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0);
  const spread = 2 ** entropy;
  const margin = second ? best!.logit - second.logit : Infinity;
  return second === undefined
    ? []
    : [
        {
          id: "margin",
          label: "ahead by",
          status: "info",
          value: `${margin.toFixed(2)} logits`,
          sentence: `${best!.name} is ahead of ${second.name} by ${margin.toFixed(2)} logits; the prediction is as spread as ${spread.toFixed(1)} equally likely classes.`,
          numbers: { margin, entropy, spread },
        },
      ];
}

/** Softmax, then the `top` most probable classes; ties are in the order of their indices. */
export function rankClasses(logits: Float64Array, top: number, names: readonly string[] | undefined): RankedClass[] {
  const probabilities = softmax(logits);
  return Array.from(logits, (_, index) => index)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, top)
    .map((index) => ({
      index,
      name: names?.[index] ?? `class ${index}`,
      logit: logits[index]!,
      probability: probabilities[index]!,
    }));
}

export function softmax(logits: Float64Array): Float64Array {
  const max = logits.reduce((best, value) => Math.max(best, value), -Infinity);
  const exponentials = logits.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
