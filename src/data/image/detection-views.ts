import { mirror } from "./crop.ts";
import { image, type Image, type Size } from "./image.ts";
import { cropped, geometryOf, viewOf, type Preprocessing } from "./preprocessing.ts";

/** The offset of the shifted views as a share of the side: 12 of 224 pixels. */
const shift = 0.054;

/** The views of one photograph on which conventions are compared: the original, its mirror image, and crops shifted up-left and down-right. */
export function detectionViews(
  photograph: Image,
  preprocessing: Pick<Preprocessing, "resize" | "crop">,
): readonly Image[] {
  const view = viewOf(photograph, preprocessing);
  const { crop: rectangle } = geometryOf(photograph, preprocessing);
  const dx = Math.round(rectangle.width * shift);
  const dy = Math.round(rectangle.height * shift);
  const moved = [-1, 1].map((sign) =>
    cropped(
      photograph,
      preprocessing,
      { ...rectangle, x: rectangle.x + sign * dx, y: rectangle.y + sign * dy },
      "edge",
    ),
  );
  return [view, mirror(view), ...moved];
}

/** A blank picture: mid-grey everywhere. */
export const blankView = ({ width, height }: Size): Image =>
  image(width, height, new Uint8Array(width * height * 3).fill(128));
