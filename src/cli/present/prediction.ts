import { predictionRows } from "../../answers/prediction-rows.ts";
import { html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";

export const prediction: Presenter<"model-output"> = {
  section: (found) =>
    found.map(
      ({ result: { data } }) =>
        html`<p>${predictionRows(data)
          .map(({ name, figure }) => `${name} ${figure}`)
          .join(", ")}</p>`,
    ),
};
