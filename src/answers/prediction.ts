import type { Prediction, ScoresPrediction } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { predictionHeadline, predictionRows } from "./prediction-rows.ts";
import { missing, type Segment } from "./reading/path.ts";
import type { ReadingContext } from "./reading/reader.ts";

const barWidth = 24;

/** What a model gives out for one input, whatever it is. */
export const prediction: AnswerKind<"model-output"> = {
  readings: [
    ["is", "What the output is: classes, independent, binary, number, segmentation, boxes …"],
    ["top.1.name", "The best class, region or box."],
    ["top.1.probability", "Its probability."],
    ["top.1.score", "Of boxes: the score of the best one."],
    ["top.1.share", "Of a segmentation: the share of the pixels of the largest region."],
    ["top.1.value", "Of numbers: the first one."],
    ["probability(class)", "The probability of a class, by name or number."],
    ["logit(class)", "The logit of a class."],
    ["number(index)", "One of the numbers of an output that is no classifier."],
  ],
  read: (data, first, _rest, context) => {
    if (first.name === "number") return numberAt(data, first);
    return first.name === "probability" || first.name === "logit" ? classValue(data, first, context) : undefined;
  },
  headline: predictionHeadline,
  lines(data) {
    const rows = predictionRows(data);
    if (rows.length === 0) return ["  nothing above the threshold"];
    const longest = Math.max(...rows.map(({ name }) => name.length));
    const widest = Math.max(7, ...rows.map(({ figure }) => figure.length));
    return rows.map(({ name, figure, share, index }) => {
      const bar = share === undefined ? "" : "━".repeat(Math.round(Math.min(1, Math.max(0, share)) * barWidth));
      return `  ${name.padEnd(longest)}  ${figure.padStart(widest)}  ${bar.padEnd(barWidth)}  ${index}`;
    });
  },
  figures: ({ top }) =>
    top.flatMap((entry, i) =>
      Object.entries(entry).flatMap(([field, value]): readonly Figure[] =>
        field !== "index" && (typeof value === "number" || typeof value === "string")
          ? [[`top.${i + 1}.${field}`, value]]
          : [],
      ),
    ),
  summary: ({ is, top }) => ({ is, top }),
  formats: {
    csv: ({ data }) =>
      data.is === "classes" || data.is === "independent" || data.is === "binary"
        ? csv([
            ["class", "name", "logit", "probability"],
            ...data.top.map(({ index, name, logit, probability }) => [index, name, logit, probability]),
          ])
        : csv(table(data.top)),
  },
};

/** The fields of equal records, with their names in front. */
function table(records: readonly object[]): readonly (readonly (string | number)[])[] {
  const fields = Object.keys(records[0] ?? {});
  const cell = (value: unknown): string | number =>
    typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value ?? "");
  return [fields, ...records.map((record) => fields.map((field) => cell((record as Record<string, unknown>)[field])))];
}

function classValue(data: Prediction, { name, argument }: Segment, { classNames }: ReadingContext): number {
  if (data.is !== "classes" && data.is !== "independent" && data.is !== "binary")
    return missing(`the output is ${data.is}, which has no class scores`);
  const values = scoresOf(data);
  const wanted = argument ?? "";
  const index = /^\d+$/.test(wanted)
    ? Number(wanted)
    : (classNames?.findIndex((each) => each.toLowerCase() === wanted.toLowerCase()) ?? -1);
  if (index < 0 || index >= values.length) return missing(`the model has no class ${wanted}; it has ${values.length}`);
  if (name === "logit") return values[index]!;
  if (data.is !== "classes") return 1 / (1 + Math.exp(-values[index]!));
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.exp(values[index]! - max) / values.reduce((total, value) => total + Math.exp(value - max), 0);
}

/** One score for each class; of a single score its negative for the first of two. */
function scoresOf({ is, logits }: ScoresPrediction): Float64Array {
  const values = toFloat64(logits);
  return is === "binary" ? Float64Array.of(-values[0]!, values[0]!) : values;
}

function numberAt(data: Prediction, { argument = "0" }: Segment): number {
  if (data.is !== "number" && data.is !== "embedding") return missing(`the output is ${data.is}, no list of numbers`);
  const values = toFloat64(data.values);
  return values[Number(argument)] ?? missing(`there is no number ${argument}; there are ${values.length}`);
}
