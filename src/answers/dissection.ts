import { countOf, detectorsOf, significantOf, type Dissection } from "../protocol/dissection.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { aggregate, isAggregate } from "./reading/aggregate.ts";
import { missing } from "./reading/path.ts";
import { walk } from "./reading/walk.ts";

/** What each unit of a layer detects. */
export const dissection: AnswerKind<"dissection"> = {
  readings: [
    ["detectors", "How many units detect a concept; random.detectors and rotated.detectors in the controls."],
    ["uniqueLabels", "How many different concepts they detect; also in the controls."],
    ["meanIou", "The mean of the units' best IoU; also in the controls."],
    ["significant", "How many detectors are beyond chance, at a false-discovery rate of 5 %."],
    ["shuffled.quantile95", "The IoU that 5 % of the units reach with masks of other pictures; also mean."],
    ["silent", "How many units are never active."],
    [
      "unit(5).iou",
      "A number of one unit: iou, normalized, precision, recall, pictureAp, q, stability, ablation.divergence …; its label and category are texts. unit(mean).iou is the mean of all labelled units.",
    ],
    ["detectorsOf(red)", "How many detectors have this label, or a label of this category."],
  ],
  read(data, { name, argument = "" }, rest) {
    switch (name) {
      case "unit":
        return unitReading(data, argument, rest);
      case "detectorsOf":
        return detectorsOf(data).filter(({ label, category }) => label === argument || category === argument).length;
      case "significant":
        return significantOf(data).length;
      case "silent":
        return data.units.filter(({ state }) => state === "silent").length;
      case "random":
      case "rotated": {
        const count = countOf(data, name);
        return count ? walk(count, rest, name) : missing(`the ${name} control was not computed`);
      }
      case "detectors":
      case "uniqueLabels":
      case "meanIou":
        return countOf(data, "trained")?.[name];
      default:
        return undefined;
    }
  },
  headline(data) {
    const count = countOf(data, "trained");
    return (
      count && `${count.detectors} of ${data.units.length} units detect ${count.uniqueLabels} concepts at ${data.site}`
    );
  },
  lines: (data) => [...countLines(data), "", ...unitLines(data), "", ...data.summary, ...data.notes],
  figures: ({ counts, units }) => [
    ...counts.flatMap(({ series, detectors, uniqueLabels, meanIou }): readonly Figure[] => {
      const prefix = series === "trained" ? "" : `${series}.`;
      return [
        [`${prefix}detectors`, detectors],
        [`${prefix}uniqueLabels`, uniqueLabels],
        [`${prefix}meanIou`, meanIou],
      ];
    }),
    ...units.flatMap(({ unit, label, iou }): readonly Figure[] =>
      label === undefined || iou === undefined
        ? []
        : [
            [`unit(${unit}).label`, label],
            [`unit(${unit}).iou`, iou],
          ],
    ),
  ],
  summary: ({ site, variant, counts }) => ({ site, variant, counts }),
  formats: { csv: ({ data }) => unitsCsv(data) },
};

function unitReading({ units }: Dissection, argument: string, rest: Parameters<typeof walk>[1]): unknown {
  if (isAggregate(argument)) {
    const values = units.filter(({ state }) => state === "labelled").map((unit) => walk(unit, rest, "unit"));
    return values.every((value) => typeof value === "number")
      ? aggregate(argument, values)
      : missing(`the ${argument} is of numbers only`);
  }
  const found = units.find(({ unit }) => String(unit) === argument);
  return found
    ? walk(found, rest, "unit")
    : missing(`there is no unit ${argument}; there are 0 to ${units.length - 1}`);
}

/** What the layer and its controls detect. */
function countLines({ counts, categories }: Dissection): readonly string[] {
  const rows = counts.map(({ series, units, detectors, uniqueLabels, meanIou, byCategory }) => [
    series,
    String(units),
    String(detectors),
    String(uniqueLabels),
    meanIou.toFixed(4),
    ...byCategory.map(String),
  ]);
  return aligned([["", "units", "detectors", "labels", "mean IoU", ...categories], ...rows], 1);
}

const unitsShown = 40;

function unitLines(data: Dissection): readonly string[] {
  const order = [...data.units].sort((a, b) => (b.iou ?? -1) - (a.iou ?? -1) || a.unit - b.unit);
  const number = (value: number | undefined, digits = 3): string => value?.toFixed(digits) ?? "·";
  const rows = order
    .slice(0, unitsShown)
    .map(({ unit, state, label, category, iou, normalized, precision, recall, q, stability, ablation }) => [
      String(unit),
      label ?? state,
      category ?? "",
      number(iou),
      number(normalized),
      number(precision),
      number(recall),
      q === undefined ? "·" : q.toPrecision(2),
      number(stability, 2),
      number(ablation?.divergence),
    ]);
  const more = order.length - rows.length;
  return [
    ...aligned(
      [
        ["unit", "label", "category", "IoU", "of ceiling", "precision", "recall", "q", "stable", "ablation (nats)"],
        ...rows,
      ],
      3,
    ),
    ...(more > 0 ? [`… and ${more} more units.`] : []),
  ];
}

/** Columns of equal width; those from `numbers` on are aligned right. */
function aligned(rows: readonly (readonly string[])[], numbers: number): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((entry, i) => (i < numbers ? entry.padEnd(widths[i]!) : entry.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}

const unitsCsv = ({ units, limit }: Dissection): string =>
  csv([
    [
      "unit",
      "state",
      "label",
      "category",
      "iou",
      "detector",
      "ceiling",
      "normalized",
      "precision",
      "recall",
      "picture_ap",
      "prevalence",
      "p",
      "q",
      "stability",
      "ablation_divergence",
      "ablation_changed",
      "threshold",
      "active",
    ],
    ...units.map((u) => [
      u.unit,
      u.state,
      u.label ?? "",
      u.category ?? "",
      u.iou ?? "",
      (u.iou ?? 0) > limit,
      u.ceiling ?? "",
      u.normalized ?? "",
      u.precision ?? "",
      u.recall ?? "",
      u.pictureAp ?? "",
      u.prevalence ?? "",
      u.p ?? "",
      u.q ?? "",
      u.stability ?? "",
      u.ablation?.divergence ?? "",
      u.ablation?.changed ?? "",
      u.threshold ?? "",
      u.active,
    ]),
  ]);
