import type { Pictures } from "../../src/protocol/generic-answers.ts";
import { PictureCanvas } from "../lib/PictureCanvas.tsx";

/** Pictures with their names and captions. */
export function PicturesView({ data: { pictures } }: { readonly data: Pictures }) {
  return (
    <ul class="gallery">
      {pictures.map(({ name, caption, picture }) => (
        <li key={name}>
          <figure>
            <PictureCanvas picture={picture} label={`${name}: ${caption}`} />
            <figcaption>
              {name}
              {caption && <span class="quiet"> {caption}</span>}
            </figcaption>
          </figure>
        </li>
      ))}
    </ul>
  );
}
