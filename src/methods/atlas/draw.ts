import type { RgbPicture } from "../../protocol/visualization.ts";
import type { Cell } from "./cells.ts";

const ground = 32;
const dotLevel = 235;

const blank = (width: number, height: number): RgbPicture => ({
  width,
  height,
  rgb: new Uint8Array(width * height * 3).fill(ground),
});

/** Points of the unit square as dots. */
export function drawDots(square: Float64Array, side: number): RgbPicture {
  const picture = blank(side, side);
  for (let i = 0; i < square.length; i += 2) {
    const x = Math.min(side - 1, Math.floor(square[i]! * side));
    const y = Math.min(side - 1, Math.floor(square[i + 1]! * side));
    picture.rgb.fill(dotLevel, (y * side + x) * 3, (y * side + x) * 3 + 3);
  }
  return picture;
}

/** Each cell's icon at its place. The side of an icon grows with the logarithm of the number of activations. */
export function drawAtlas(
  cells: readonly Cell[],
  icons: readonly RgbPicture[],
  side: number,
  cellPixels: number,
): RgbPicture {
  const picture = blank(side * cellPixels, side * cellPixels);
  const most = cells.reduce((greatest, { members }) => Math.max(greatest, members.length), 1);
  cells.forEach(({ row, column, members }, i) => {
    const size =
      Math.max(6, Math.round(cellPixels * (0.4 + 0.6 * (Math.log1p(members.length) / Math.log1p(most))))) - 2;
    const inset = (cellPixels - size) >> 1;
    place(picture, icons[i]!, column * cellPixels + inset, row * cellPixels + inset, size);
  });
  return picture;
}

/** Square pictures of one size side by side. */
export function drawStrip(patches: readonly RgbPicture[]): RgbPicture {
  const side = patches[0]!.height;
  const picture = blank(patches.length * side, side);
  patches.forEach((patch, i) => place(picture, patch, i * side, 0, side));
  return picture;
}

/** A picture at another size, by its nearest pixels. */
function place(onto: RgbPicture, icon: RgbPicture, left: number, top: number, size: number): void {
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const from = Math.floor(((y + 0.5) * icon.height) / size) * icon.width;
      const pixel = (from + Math.floor(((x + 0.5) * icon.width) / size)) * 3;
      onto.rgb.set(icon.rgb.subarray(pixel, pixel + 3), ((top + y) * onto.width + left + x) * 3);
    }
}
