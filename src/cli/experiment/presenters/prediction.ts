import { percent } from "../../../answers/percent.ts";
import { html } from "../../report/html.ts";
import type { Presenter, What } from "./presenter.ts";

export const prediction: Presenter<"prediction"> = {
  files: () => ({}),
  numbers: ({ data: { top } }) =>
    top.flatMap(({ name, probability, logit }, i): readonly What[] => [
      [`top.${i + 1}.name`, name],
      [`top.${i + 1}.probability`, probability],
      [`top.${i + 1}.logit`, logit],
    ]),
  summary: ({ data: { top } }) => ({ top }),
  section: (found) =>
    found.map(
      ({
        result: {
          data: { top },
        },
      }) => html`<p>${top.map(({ name, probability }) => `${name} ${percent(probability)}`).join(", ")}</p>`,
    ),
};
