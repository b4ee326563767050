import {
  defaultDisplay,
  describe,
  display,
  type DisplayRecord,
  type DisplayStyle,
  type Photograph,
} from "../../data/colormap/display.ts";
import { overChannels, type Heatmap as Plane } from "../../data/colormap/heatmap.ts";
import { dropAlpha, encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import { resize } from "../../data/image/resize.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { Heatmap } from "../../protocol/result.ts";

/** Pictures are drawn at this many pixels to one of the model's. */
const enlargement = 2;

export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** What was smoothed and clipped, in words. */
  readonly caption: string;
  readonly record: DisplayRecord;
}

/** What the model saw, enlarged; plain grey for a tensor, of which there is no photograph. */
export function canvasFor(
  { view }: Pick<PreparedInput, "view">,
  [rows, columns]: readonly [number, number],
): Photograph {
  const size = { width: columns * enlargement, height: rows * enlargement };
  if (view === undefined) return { ...size, data: new Uint8Array(size.width * size.height * 3).fill(96) };
  return resize(image(view.width, view.height, view.rgb), size, "bicubic");
}

/** One value a pixel: signed styles add the channels up, the others their magnitudes. */
export function planeOf({ values }: Heatmap, reduce: "sum" | "magnitude"): Plane {
  const [channels, height, width] = values.shape as [number, number, number];
  return overChannels(values.data as Float32Array, { width, height, channels, layout: "NCHW" }, reduce);
}

export function draw(map: Heatmap, canvas: Photograph, style: DisplayStyle): Picture {
  const plane = planeOf(map, style === "where" ? "magnitude" : "sum");
  const { width, height, rgba, record } = display(plane, canvas, { ...defaultDisplay, style });
  return {
    png: encodeImage(dropAlpha(width, height, new Uint8Array(rgba.buffer))),
    width,
    height,
    caption: describe(record),
    record,
  };
}

export const drawPhotograph = ({ width, height, data }: Photograph): Uint8Array =>
  encodeImage(image(width, height, data));
