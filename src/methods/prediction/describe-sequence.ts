import type { OutputKind } from "../../protocol/contract.ts";
import type { SequencePrediction } from "../../protocol/result.ts";
import type { Described, OutputOf } from "./described.ts";
import { softmax } from "../../tensor/softmax.ts";

/** The feature with the greatest number at each of the first positions. */
export function describeSequence(
  { values, top, names }: OutputOf,
  { positions, features, exclusive }: Extract<OutputKind, { readonly is: "sequence" }>,
): Described<SequencePrediction> {
  const list = Array.from({ length: Math.min(top, positions) }, (_, position) => {
    const here = Float64Array.from({ length: features }, (_each, feature) => values[feature * positions + position]!);
    const index = here.reduce((best, value, feature) => (value > here[best]! ? feature : best), 0);
    return {
      position,
      index,
      name: names?.[index] ?? `feature ${index}`,
      value: here[index]!,
      probability: exclusive ? softmax(here)[index] : undefined,
    };
  });
  return { data: { kind: "model-output", is: "sequence", positions, features, top: list }, certificate: [] };
}
