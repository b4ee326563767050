import { exportProbeResult } from "../../../experiment/probes/export.ts";
import { tableLines } from "../../../answers/probe-table.ts";
import { certificateTable } from "../../report/facts.ts";
import { html } from "../../report/html.ts";
import type { Presenter, What } from "./presenter.ts";
import { titled } from "./titled.ts";

export const probes: Presenter<"probes"> = {
  files: ({ result }) => ({ ".svg": exportProbeResult("svg", result), ".csv": exportProbeResult("csv", result) }),
  numbers: ({ data: { points, majority } }) => [
    ...points.flatMap(({ series, site, test, train, C }): readonly What[] => {
      const name = series === "raw" ? series : `${series}(${site})`;
      return [
        [`${name}.test.accuracy`, test.accuracy],
        [`${name}.test.balancedAccuracy`, test.balancedAccuracy],
        [`${name}.test.bits`, test.bits],
        [`${name}.train.accuracy`, train.accuracy],
        [`${name}.C`, C],
      ];
    }),
    ["majority.accuracy", majority.accuracy],
  ],
  summary: ({ data: { trainRows, testRows } }) => ({ trainRows, testRows }),
  section: (found) =>
    found.flatMap((each) => {
      const { result } = each;
      const { title } = titled(each);
      const chart = Buffer.from(exportProbeResult("svg", result)).toString("base64");
      return [
        html`<h3>${title}</h3>
          <p><img src="data:image/svg+xml;base64,${chart}" alt="${result.data.summary.join(" ")}" /></p>
          ${result.data.summary.map((sentence) => html`<p>${sentence}</p>`)}
          <pre>${tableLines(result.data).join("\n")}</pre>`,
        certificateTable([{ method: { title }, result }]),
      ];
    }),
};
