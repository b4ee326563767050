import { picturePng } from "../../answers/maximized-units.ts";
import { certificateTable } from "../report/facts.ts";
import { dataUri, html } from "../report/html.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

export const pictures: Presenter<"pictures"> = {
  section: (found) =>
    found.flatMap((each) => {
      const { title } = titled(each);
      return [
        html`<h3>${title}</h3><p>${each.result.data.pictures.map(({ picture, name, caption }) => html`<img src="${dataUri(picturePng(picture))}" width="${picture.width}" height="${picture.height}" alt="${name}: ${caption}"> `)}</p>`,
        certificateTable([{ method: { title }, result: each.result }]),
      ];
    }),
};
