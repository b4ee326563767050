import type { GridField } from "../../graph/grid-field.ts";
import type { RgbPicture } from "../../protocol/visualization.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { DataContext } from "../contexts.ts";

/** Where an activation was read. */
export interface Place {
  readonly picture: number;
  readonly row: number;
  readonly column: number;
}

const outside = 128;

/**
 * Reads the square of a picture around a position of a layer, `share` of the model's input wide, moved into the picture
 * where it would pass the border. Pixels outside the picture, e.g. padding, are grey.
 */
export function patchReader(
  { dataset, samples, network }: Pick<DataContext, "dataset" | "samples" | "network">,
  field: GridField,
  share: number,
  side: number,
): (place: Place) => RgbPicture {
  const { pointsOf } = samples;
  const source = dataset.samples;
  if (source.kind !== "pictures" || pointsOf === undefined)
    throw new GlassboxError("input", "an atlas needs pictures, and these samples are tensors", {
      where: dataset.reference,
      hint: "Give concepts:<count> for pictures made at once, or a folder of pictures.",
    });
  const [height, width] = network.source.layout === "NCHW" ? network.inputShape.slice(1) : network.inputShape;
  const extent = share * Math.min(height!, width!);
  const start = (centre: number, all: number): number => Math.min(all - extent, Math.max(0, centre + 0.5 - extent / 2));
  return ({ picture, row, column }) => {
    const image = source.read(picture, { width: width!, height: height! });
    const points = pointsOf(picture, [height!, width!]);
    const top = start(field.offset[0] + row * field.step[0], height!);
    const left = start(field.offset[1] + column * field.step[1], width!);
    const rgb = new Uint8Array(side * side * 3).fill(outside);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const viewRow = Math.min(height! - 1, Math.floor(top + ((y + 0.5) / side) * extent));
        const viewColumn = Math.min(width! - 1, Math.floor(left + ((x + 0.5) / side) * extent));
        const [atX, atY] = [points.x[viewColumn]!, points.y[viewRow]!];
        if (!(atX >= 0 && atX < 1 && atY >= 0 && atY < 1)) continue;
        const pixel = Math.floor(atY * image.height) * image.width + Math.floor(atX * image.width);
        rgb.set(image.data.subarray(pixel * 3, pixel * 3 + 3), (y * side + x) * 3);
      }
    return { width: side, height: side, rgb };
  };
}
