import type { Builder, Value } from "../../graph/builder.ts";
import type { Metric } from "../../protocol/language-model.ts";
import { logNormalizer } from "../language-model/logits.ts";

/**
 * A metric as Σ_token weight · f(logits) + offset, so that it can be differentiated within a graph. f is the identity for a
 * difference of logits, the softmax for a probability, and its logarithm for a log-probability and for
 * KL(clean‖run) = Σ p log p − Σ p log q.
 */
export type MetricForm = "logits" | "softmax" | "log-softmax";

export const formOf = ({ kind }: Metric): MetricForm =>
  kind === "logit-difference" ? "logits" : kind === "probability" ? "softmax" : "log-softmax";

export interface MetricWeights {
  /** [vocabulary] */
  readonly weights: Float64Array;
  readonly offset: number;
}

/** @param reference the logits of the clean run, from which the divergence is measured */
export function metricWeights(metric: Metric, reference: ArrayLike<number>): MetricWeights {
  const weights = new Float64Array(reference.length);
  if (metric.kind === "divergence") {
    const normalizer = logNormalizer(reference);
    let offset = 0;
    for (let id = 0; id < weights.length; id++) {
      const log = reference[id]! - normalizer;
      weights[id] = -Math.exp(log);
      offset += Math.exp(log) * log;
    }
    return { weights, offset };
  }
  weights[metric.answer] = 1;
  if (metric.kind === "logit-difference") weights[metric.wrong] = weights[metric.wrong]! - 1;
  return { weights, offset: 0 };
}

/** [row]: Σ weight · f(logits), for logits [row, vocabulary] and weights [1, vocabulary]. */
export function weighted(b: Builder, form: MetricForm, logits: Value, weights: Value): Value {
  const shaped =
    form === "logits"
      ? logits
      : form === "softmax"
        ? b.apply("Softmax", [logits], { axis: 1 })
        : b.apply("LogSoftmax", [logits], { axis: 1 });
  return b.sum(b.mul(shaped, weights), [1]);
}
