import { cellPixels, gridPng } from "../../answers/grid.ts";
import { answerKind } from "../../answers/table.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import { certificateTable } from "../report/facts.ts";
import { dataUri, html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

/** Wider pictures of cells are drawn smaller. */
const widest = 900;

/** Every kind of data that is numbers by row and column. */
export const gridPresenter: Presenter<AnswerData["kind"]> = {
  section: (found) =>
    found.flatMap((each) => {
      const { title } = titled(each);
      const { data } = each.result;
      const kind = answerKind(data.kind);
      const grid = kind.grid!(data as never);
      const caption = kind.caption!(data as never);
      const scale = Math.min(1, widest / (grid.columns.length * cellPixels));
      const size = (cells: number): number => Math.round(cells * cellPixels * scale);
      return [
        html`<h3>${title}</h3><p>${caption}</p><p><img src="${dataUri(gridPng(grid))}" width="${size(grid.columns.length)}" height="${size(grid.rows.length)}" alt="${title}: ${caption} ${String(grid.rows.length)} rows from ${grid.rows[0] ?? ""} to ${grid.rows.at(-1) ?? ""}, ${String(grid.columns.length)} columns."></p>`,
        certificateTable([{ method: { title }, result: each.result }]),
      ];
    }),
};
