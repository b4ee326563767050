import type { OutputKind } from "../../protocol/contract.ts";
import type { NumbersPrediction } from "../../protocol/result.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Described, OutputOf } from "./described.ts";
import { euclideanLength } from "../../tensor/euclidean-length.ts";

/** Numbers in their own order; of an embedding those with the largest magnitude. */
export function describeNumbers(
  { values, top, names }: OutputOf,
  kind: Extract<OutputKind, { readonly is: "number" | "embedding" }>,
): Described<NumbersPrediction> {
  const order = Array.from(values, (_, index) => index);
  if (kind.is === "embedding") order.sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b);
  const length = euclideanLength(values);
  return {
    data: {
      kind: "model-output",
      is: kind.is,
      values: float32([values.length], values),
      range: kind.is === "number" ? kind.range : { low: undefined, high: undefined },
      length,
      top: order
        .slice(0, top)
        .map((index) => ({
          index,
          name: names?.[index] ?? (values.length === 1 ? "the number" : `number ${index}`),
          value: values[index]!,
        })),
    },
    certificate: [],
  };
}
