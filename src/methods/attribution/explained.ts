import { formatTarget, type Target } from "../../graph/target.ts";
import type { Check } from "../../protocol/result.ts";
import type { RunContext } from "../analysis.ts";
import type { OptionTable } from "../option.ts";

/** States what the map explains, so that it is not mistaken for the reason of the answer. */
export function explained(
  { target }: Pick<RunContext<"picture", OptionTable>, "target">,
  score: number,
  where = "at this input",
): Check {
  return {
    id: "target",
    label: "explains",
    status: "info",
    value: score.toFixed(3),
    sentence: `This map explains the value ${score.toFixed(3)} of ${formatTarget(target)}${nature(target)}, ${where}.`,
    numbers: { score },
  };
}

/** What kind of number it is, where the name does not say it. */
const nature = ({ terms }: Target): string =>
  terms.some(({ kind }) => kind === "logit" || kind === "score") ? ", before softmax or sigmoid" : "";

/** Warns if the slope is 0 everywhere or contains values that are not finite. */
export function saturation(slope: Float64Array): readonly Check[] {
  const norm = Math.hypot(...norms(slope));
  if (Number.isFinite(norm) && norm > 0) return [];
  return [
    {
      id: "saturation",
      label: "slope",
      status: "fail",
      value: String(norm),
      sentence:
        norm === 0
          ? "The target's slope is 0 at this input: the function is flat here, so no gradient can explain it. Integrated gradients may explain it."
          : "The gradient overflowed; the map is not drawn.",
      numbers: { norm },
    },
  ];
}

/** Norms of chunks, so that the number of spread arguments stays small. */
function norms(values: Float64Array): number[] {
  let sum = 0;
  for (const value of values) sum += value * value;
  return [Math.sqrt(sum)];
}
