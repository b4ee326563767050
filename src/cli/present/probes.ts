import { probeChartSvg } from "../../answers/probe-chart-svg.ts";
import { probeTable } from "../../answers/probe-table.ts";
import { certificateTable } from "../report/facts.ts";
import { html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

export const probes: Presenter<"probes"> = {
  section: (found) =>
    found.flatMap((each) => {
      const { result } = each;
      const { title } = titled(each);
      const chart = Buffer.from(probeChartSvg(result)).toString("base64");
      return [
        html`<h3>${title}</h3><p><img src="data:image/svg+xml;base64,${chart}" alt="${result.data.summary.join(" ")}"></p>${result.data.summary.map((sentence) => html`<p>${sentence}</p>`)}<pre>${probeTable(result.data).join("\n")}</pre>`,
        certificateTable([{ method: { title }, result }]),
      ];
    }),
};
