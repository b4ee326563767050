import { answerKind } from "../../answers/table.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import { certificateTable } from "../report/facts.ts";
import { html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

/** Data whose report is what the terminal prints. */
export const linesPresenter: Presenter<AnswerData["kind"]> = {
  section: (found) =>
    found.flatMap((each) => {
      const { title } = titled(each);
      const { data } = each.result;
      const lines = answerKind(data.kind).lines(data as never);
      return [
        html`<h3>${title}</h3><pre>${lines.join("\n")}</pre>`,
        certificateTable([{ method: { title }, result: each.result }]),
      ];
    }),
};
