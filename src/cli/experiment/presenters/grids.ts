import type { AnalysisData, DataOf } from "../../../protocol/answer-data.ts";
import { headsGrid, weightsGrid } from "../../language-model/attention-grids.ts";
import { attributionGrid } from "../../language-model/attribution-grid.ts";
import { cellPixels, gridCsv, gridPng, type Grid } from "../../language-model/grid.ts";
import { lensGrid } from "../../language-model/lens-grid.ts";
import { patchGrid } from "../../language-model/patch-grid.ts";
import { certificateTable } from "../../report/facts.ts";
import { dataUri, html } from "../../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

/** Wider pictures of cells are drawn smaller. */
const widest = 900;

/** Data that are numbers by row and column. `says` is what a number is. */
function asGrid<Kind extends AnalysisData["kind"]>(
  gridOf: (data: DataOf<Kind>) => Grid,
  says: (data: DataOf<Kind>) => string,
): Presenter<Kind> {
  return {
    files: ({ result: { data } }) => ({ ".csv": gridCsv(gridOf(data)), ".png": gridPng(gridOf(data)) }),
    section: (found) =>
      found.flatMap((each) => {
        const { title } = titled(each);
        const grid = gridOf(each.result.data);
        const scale = Math.min(1, widest / (grid.columns.length * cellPixels));
        const size = (cells: number): number => Math.round(cells * cellPixels * scale);
        const words = says(each.result.data);
        return [
          html`<h3>${title}</h3>
            <p>${words}</p>
            <p>
              <img
                src="${dataUri(gridPng(grid))}"
                width="${size(grid.columns.length)}"
                height="${size(grid.rows.length)}"
                alt="${title}: ${words} ${String(grid.rows.length)} rows from ${grid.rows[0] ?? ""} to ${grid.rows.at(-1) ?? ""}, ${String(grid.columns.length)} columns."
              />
            </p>`,
          certificateTable([{ method: { title }, result: each.result }]),
        ];
      }),
  };
}

export const attention = asGrid<"attention">(
  ({ parts }) => headsGrid(parts),
  () => "Mean weight of each head on the token itself, the one before and the first; entropy from 0 to 1.",
);
export const attentionHead = asGrid<"attention-rows">(
  weightsGrid,
  ({ layer, head }) => `Weights of head ${head} of layer ${layer}: from each token, in rows, to those before it.`,
);
export const lens = asGrid<"logit-lens">(
  (data) => lensGrid(data, "probability"),
  () => "Probability of the best word by layer and token; the last row is the end.",
);
export const directAttribution = asGrid<"direct-attribution">(
  (data) => attributionGrid(data, data.names),
  () => "What each part writes directly into the logits; their sum and the bias make the logit.",
);
export const patched: Presenter<"patched"> = {
  ...asGrid<"patched">(
    patchGrid,
    ({ metric, clean, corrupted, component }) =>
      `${metric.kind} with each ${component} replaced: ${clean.toFixed(3)} in the clean run, ${corrupted.toFixed(3)} in the corrupted one.`,
  ),
  numbers: ({ data: { clean, corrupted, cells, columns } }) => [
    ["clean", clean],
    ["corrupted", corrupted],
    ...Array.from(
      cells,
      (value, i) => [`cell(${Math.floor(i / columns)}, ${i % columns})`, Number.isNaN(value) ? "" : value] as const,
    ),
  ],
};
