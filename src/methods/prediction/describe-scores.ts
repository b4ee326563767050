import type { Check, ScoresPrediction } from "../../protocol/result.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Described, OutputOf } from "./described.ts";
import { softmax } from "../../tensor/softmax.ts";
import { probabilitiesOf, rankClasses, type ScoresKind } from "./rank-classes.ts";

/** Scores of classes: exclusive, independent, or one for two. */
export function describeScores({ values, top, names }: OutputOf, is: ScoresKind): Described<ScoresPrediction> {
  return {
    data: {
      kind: "model-output",
      is,
      logits: float32([values.length], values),
      top: rankClasses(values, top, names, is),
    },
    certificate: is === "classes" ? certainty(values, names) : is === "independent" ? above(values) : [],
  };
}

/** The lead of the top class, and the effective number of classes: 2 to the power of the entropy in bits. */
function certainty(logits: Float64Array, names: readonly string[] | undefined): readonly Check[] {
  const [best, second] = rankClasses(logits, 2, names);
  const entropy = softmax(logits).reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0);
  const spread = 2 ** entropy;
  if (second === undefined) return [];
  const margin = best!.logit - second.logit;
  return [
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

/** How many of the independent scores say yes. */
function above(logits: Float64Array): readonly Check[] {
  const count = probabilitiesOf(logits, "independent").filter((p) => p > 0.5).length;
  return [
    {
      id: "above-half",
      label: "above one half",
      status: "info",
      value: `${count} of ${logits.length}`,
      sentence: `Each class has its own probability, and they do not add up to 1; ${count} of ${logits.length} are above one half.`,
      numbers: { count, classes: logits.length },
    },
  ];
}
