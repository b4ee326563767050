import { encodeImage } from "../../../data/image/encode-png.ts";
import { image } from "../../../data/image/image.ts";
import type { RgbPicture } from "../../../protocol/visualization.ts";
import { certificateTable } from "../../report/facts.ts";
import { dataUri, html } from "../../report/html.ts";
import type { Presenter, What } from "./presenter.ts";
import { titled } from "./titled.ts";

const png = ({ width, height, rgb }: RgbPicture): Uint8Array => encodeImage(image(width, height, rgb));

export const grown: Presenter<"grown"> = {
  // The pictures are written with the JSON, which names them.
  files: () => ({}),
  numbers: ({ data: { images, photographs } }) => [
    ...images.map(({ activation }, i): What => [`images.${i + 1}.activation`, activation]),
    ...photographs.map(({ name, activation }): What => [`photograph ${name}`, activation]),
  ],
  section: (found) =>
    found.flatMap((each) => {
      const { title } = titled(each);
      const { data } = each.result;
      return [
        html`<h3>${title}</h3>
          <p>
            ${data.images.map(({ picture, activation }) => html`<img src="${dataUri(png(picture))}" width="${picture.width}" height="${picture.height}" alt="The picture grown for ${data.objective}: ${activation.toFixed(2)}" /> `)}
          </p>`,
        certificateTable([{ method: { title }, result: each.result }]),
      ];
    }),
};
