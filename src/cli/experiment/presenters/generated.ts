import { html } from "../../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

export const generated: Presenter<"generated"> = {
  files: ({ result: { data } }) => ({ ".txt": data.text }),
  numbers: ({ data: { text, ids, parts } }) => [
    ["text", text],
    ["count", ids.length],
    ...parts.map(({ probability }, i) => [`parts.${i + 1}.probability`, probability] as const),
  ],
  summary: ({ data: { text } }) => ({ text }),
  section: (found) =>
    found.map(
      (each) =>
        html`<h3>${titled(each).title}</h3>
          <pre>${each.result.data.text}</pre>`,
    ),
};
