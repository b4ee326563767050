import type { OutputKind } from "../../protocol/contract.ts";
import type { Check, Prediction } from "../../protocol/result.ts";
import { describeBoxes } from "./describe-boxes.ts";
import { describeNumbers } from "./describe-numbers.ts";
import { describePixels, describeSegmentation } from "./describe-pixels.ts";
import { describeScores } from "./describe-scores.ts";
import { describeSequence } from "./describe-sequence.ts";
import type { Described, OutputOf } from "./described.ts";

/** What the numbers of one output say, by what they are. */
export function describeOutput(output: OutputOf, kind: OutputKind): Described<Prediction> {
  const described = byKind(output, kind);
  const overflow = notFinite(output.values);
  return overflow === undefined ? described : { ...described, certificate: [overflow] };
}

function byKind(output: OutputOf, kind: OutputKind): Described<Prediction> {
  switch (kind.is) {
    case "classes":
    case "independent":
    case "binary":
      return describeScores(output, kind.is);
    case "number":
    case "embedding":
      return describeNumbers(output, kind);
    case "segmentation":
      return describeSegmentation(output, kind);
    case "pixels":
      return describePixels(output, kind);
    case "boxes":
      return describeBoxes(output, kind);
    case "sequence":
      return describeSequence(output, kind);
  }
}

function notFinite(values: Float64Array): Check | undefined {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return undefined;
  return {
    id: "finite",
    label: "scores",
    status: "fail",
    value: String(values[bad]),
    sentence: `Number ${bad} of the output is ${values[bad]}: the network overflows on this input, and no probability can be trusted.`,
    numbers: {},
  };
}
