import { percent } from "../../answers/percent.ts";
import { html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";

export const prediction: Presenter<"class-scores"> = {
  section: (found) =>
    found.map(
      ({
        result: {
          data: { top },
        },
      }) => html`<p>${top.map(({ name, probability }) => `${name} ${percent(probability)}`).join(", ")}</p>`,
    ),
};
