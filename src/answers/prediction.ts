import type { Prediction } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { percent } from "./percent.ts";
import { missing, type Segment } from "./reading/path.ts";
import type { ReadingContext } from "./reading/reader.ts";

const barWidth = 24;

/** Class scores of one input. */
export const prediction: AnswerKind<"class-scores"> = {
  readings: [
    ["top.1.name", "The best class."],
    ["top.1.probability", "Its probability."],
    ["probability(class)", "The probability of a class, by name or number."],
    ["logit(class)", "The logit of a class."],
  ],
  read: (data, first, _rest, context) =>
    first.name === "probability" || first.name === "logit" ? classValue(data, first, context) : undefined,
  headline: ({ top: [best] }) => best && `${best.name} ${(100 * best.probability).toFixed(1)} %`,
  lines({ top }) {
    const longest = Math.max(...top.map(({ name }) => name.length));
    return top.map(
      ({ name, probability, index }) =>
        `  ${name.padEnd(longest)}  ${percent(probability).padStart(7)}  ${"━".repeat(Math.round(probability * barWidth)).padEnd(barWidth)}  ${index}`,
    );
  },
  figures: ({ top }) =>
    top.flatMap(({ name, probability, logit }, i): readonly Figure[] => [
      [`top.${i + 1}.name`, name],
      [`top.${i + 1}.probability`, probability],
      [`top.${i + 1}.logit`, logit],
    ]),
  summary: ({ top }) => ({ top }),
  formats: {
    csv: ({ data: { top } }) =>
      csv([
        ["class", "name", "logit", "probability"],
        ...top.map(({ index, name, logit, probability }) => [index, name, logit, probability]),
      ]),
  },
};

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
