import { picturePng } from "../../answers/maximized-units.ts";
import { certificateTable } from "../report/facts.ts";
import { dataUri, html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

export const maximizedUnits: Presenter<"maximized-units"> = {
  section: (found) =>
    found.flatMap((each) => {
      const { title } = titled(each);
      const { units } = each.result.data;
      const pictures = units.flatMap(({ objective, images }) => images.map((image) => ({ objective, ...image })));
      return [
        html`<h3>${title}</h3><p>${pictures.map(({ picture, activation, objective }) => html`<img src="${dataUri(picturePng(picture))}" width="${picture.width}" height="${picture.height}" alt="The picture that maximizes ${objective}: ${activation.toFixed(2)}"> `)}</p>`,
        certificateTable([{ method: { title }, result: each.result }]),
      ];
    }),
};
