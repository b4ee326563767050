import type { Tensor } from "../../tensor/tensor.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import type { Metric } from "../../protocol/language-model.ts";
import type { LanguageModel } from "./language-model.ts";
import { divergence, logNormalizer, rowOf } from "./logits.ts";

/** Evaluates a metric on final residual states [row, feature]; returns one number per row. */
export type MetricReader = (residual: Tensor) => Promise<Float64Array>;

/**
 * @param reference the final residual state [1, feature] of the run that the KL divergence compares with
 * Cost: a logit difference reads two columns of the unembedding; the other metrics unembed every row.
 */
export async function metricReader(model: LanguageModel, metric: Metric, reference: Tensor): Promise<MetricReader> {
  switch (metric.kind) {
    case "logit-difference":
      return async (residual) => {
        const values = toFloat64(await model.readTokenLogits(residual, [metric.answer, metric.wrong]));
        return Float64Array.from({ length: residual.shape[0]! }, (_, row) => values[2 * row]! - values[2 * row + 1]!);
      };
    case "probability":
      return (residual) =>
        eachRow(model, residual, (logits) => Math.exp(logits[metric.answer]! - logNormalizer(logits)));
    case "log-probability":
      return (residual) => eachRow(model, residual, (logits) => logits[metric.answer]! - logNormalizer(logits));
    case "divergence": {
      const p: Float64Array[] = [];
      await eachRow(model, reference, (logits) => p.push(Float64Array.from(logits)));
      const normalizer = logNormalizer(p[0]!);
      return (residual) =>
        eachRow(model, residual, (logits) => divergence(p[0]!, normalizer, logits, logNormalizer(logits)));
    }
  }
}

/** ∂metric/∂logits at one row of logits, for attribution patching. */
export function metricSlope(metric: Metric, logits: ArrayLike<number>, reference: ArrayLike<number>): Float64Array {
  const slope = new Float64Array(logits.length);
  const normalizer = logNormalizer(logits);
  const probability = (id: number): number => Math.exp(logits[id]! - normalizer);
  switch (metric.kind) {
    case "logit-difference":
      slope[metric.answer] = slope[metric.answer]! + 1;
      slope[metric.wrong] = slope[metric.wrong]! - 1;
      return slope;
    case "probability":
    case "log-probability": {
      const factor = metric.kind === "probability" ? probability(metric.answer) : 1;
      for (let id = 0; id < slope.length; id++) slope[id] = factor * ((id === metric.answer ? 1 : 0) - probability(id));
      return slope;
    }
    case "divergence": {
      const own = logNormalizer(reference);
      for (let id = 0; id < slope.length; id++) slope[id] = probability(id) - Math.exp(reference[id]! - own);
      return slope;
    }
  }
}

async function eachRow(
  model: LanguageModel,
  residual: Tensor,
  read: (logits: Float32Array | Float64Array) => number,
): Promise<Float64Array> {
  const out = new Float64Array(residual.shape[0]!);
  for await (const { start, logits } of model.unembed(residual)) {
    for (let row = 0; row < logits.shape[0]!; row++) out[start + row] = read(rowOf(logits as never, row));
  }
  return out;
}
