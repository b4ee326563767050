import { candidates } from "./conventions.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** Preprocessing as a command-line argument: the convention's name if that determines everything, else the values as JSON. */
export function preprocessingWord(wanted: Preprocessing): string {
  const values = valuesOf(wanted);
  const side =
    wanted.crop ??
    (wanted.resize?.mode === "exact" ? { height: wanted.resize.size[0], width: wanted.resize.size[1] } : undefined);
  const channels = wanted.channelOrder === "grey" ? 1 : 3;
  const shape =
    side &&
    (wanted.layout === "NCHW" ? [1, channels, side.height, side.width] : [1, side.height, side.width, channels]);
  const named =
    shape && candidates(shape, wanted.layout).find(({ preprocessing }) => valuesOf(preprocessing) === values);
  return named?.convention ?? values;
}

/** The values in a fixed order, so that equal preprocessings give equal text. */
function valuesOf({ resize, crop, range, mean, std, channelOrder, layout }: Preprocessing): string {
  const cut = resize === null ? null : { mode: resize.mode, size: resize.size, filter: resize.filter };
  return JSON.stringify({
    resize: cut,
    crop: crop && { height: crop.height, width: crop.width },
    range,
    mean,
    std,
    channelOrder,
    layout,
  });
}
