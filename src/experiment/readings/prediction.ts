import type { Prediction } from "../../protocol/result.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { missing, type Segment } from "./path.ts";
import type { ReadingContext } from "./reader.ts";

/** `probability(tabby)`, `logit(281)`: of any class, by name or number. */
export const readPrediction = (
  data: Prediction,
  first: Segment,
  _rest: readonly Segment[],
  context: ReadingContext,
): unknown => (first.name === "probability" || first.name === "logit" ? classValue(data, first, context) : undefined);

function classValue({ logits }: Prediction, { name, argument }: Segment, { classNames }: ReadingContext): number {
  const values = toFloat64(logits);
  const wanted = argument ?? "";
  const index = /^\d+$/.test(wanted)
    ? Number(wanted)
    : (classNames?.findIndex((each) => each.toLowerCase() === wanted.toLowerCase()) ?? -1);
  if (index < 0 || index >= values.length) return missing(`the model has no class ${wanted}; it has ${values.length}`);
  if (name === "logit") return values[index]!;
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.exp(values[index]! - max) / values.reduce((total, value) => total + Math.exp(value - max), 0);
}
