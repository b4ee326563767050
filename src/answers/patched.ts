import type { DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import { gridFormats, gridLines } from "./grid.ts";
import type { AnswerKind } from "./kind.ts";
import { missing, indicesIn } from "./reading/path.ts";

/** A metric, with one activation patched at a time. */
export const patched: AnswerKind<"patched"> = {
  readings: [
    ["recovered(layer, column)", "The share of the gap between the runs that comes back."],
    ["cell(layer, column)", "The metric with that activation replaced."],
    ["clean", "The metric of the clean run."],
    ["corrupted", "The metric of the corrupted run."],
  ],
  /** `recovered` is 0 for the corrupted run and 1 for the clean one. */
  read({ cells, layers, columns, clean, corrupted }, first) {
    if (first.name !== "cell" && first.name !== "recovered") return undefined;
    const [layer, column] = indicesIn(first, { layer: layers, column: columns }) as [number, number];
    const value = cells[layer * columns + column]!;
    if (Number.isNaN(value)) return missing(`layer ${layer} was not asked for`);
    if (first.name === "cell") return value;
    return clean === corrupted
      ? missing("both runs score the same, so nothing can be recovered")
      : (value - corrupted) / (clean - corrupted);
  },
  headline: ({ metric, clean, corrupted }) =>
    `${metric.kind}: clean ${clean.toFixed(3)}, corrupted ${corrupted.toFixed(3)}`,
  lines: (data) => [
    `${data.metric.kind}: clean ${data.clean.toFixed(3)}, corrupted ${data.corrupted.toFixed(3)}; below, with each ${data.component} replaced`,
    ...gridLines(metrics(data)),
  ],
  figures: ({ clean, corrupted, cells, columns }) => [
    ["clean", clean],
    ["corrupted", corrupted],
    ...Array.from(
      cells,
      (value, i) => [`cell(${Math.floor(i / columns)}, ${i % columns})`, Number.isNaN(value) ? "" : value] as const,
    ),
  ],
  formats: gridFormats(metrics),
  grid: metrics,
  caption: ({ metric, clean, corrupted, component }) =>
    `${metric.kind} with each ${component} replaced: ${clean.toFixed(3)} in the clean run, ${corrupted.toFixed(3)} in the corrupted one.`,
};

/** [layer, token] or [layer, head] */
function metrics({ component, columns, layers, cells, shown, metric }: DataOf<"patched">): Grid {
  return {
    kind: "grid",
    quantity: metric.kind,
    unit: "",
    rowAxis: "layer",
    columnAxis: component === "head" ? "head" : "token",
    rows: Array.from({ length: layers }, (_, layer) => String(layer)),
    columns:
      component === "head"
        ? Array.from({ length: columns }, (_, head) => `head ${head}`)
        : shown.map((text, position) => `${position}:${text}`),
    cells,
    signed: true,
  };
}
