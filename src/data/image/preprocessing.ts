import { GlassboxError } from "../../tensor/errors.ts";
import { float32, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import { centered, crop, overlap } from "./crop.ts";
import { image, type Image, type Rectangle, type Size } from "./image.ts";
import { resize, type Filter } from "./resize.ts";

export type Resize =
  | { readonly mode: "shorter-side"; readonly size: number; readonly filter: Filter }
  | { readonly mode: "exact"; readonly size: readonly [height: number, width: number]; readonly filter: Filter };

export type Layout = "NCHW" | "NHWC";
export type ChannelOrder = "RGB" | "BGR" | "grey";

/** How a photograph becomes a model's input. It is plain JSON, which can be shown, edited, stored and sent. */
export interface Preprocessing {
  readonly resize: Resize | null;
  /** The size of a centred crop after the resize; `null` for none. */
  readonly crop: Size | null;
  /** The values of black and full intensity before the mean is subtracted. */
  readonly range: readonly [black: number, white: number];
  /** In the order and units of the model's channels: with BGR, the first is blue's. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly channelOrder: ChannelOrder;
  readonly layout: Layout;
  readonly source: "metadata" | "detected" | "default" | "user";
  /** One sentence: why these values were chosen. */
  readonly reason: string;
}

export interface PreparedInput {
  readonly tensor: Tensor;
  /** The 8-bit picture that the tensor represents exactly. Heatmaps are drawn over it. */
  readonly view: Image;
}

export const channelsOf = (order: ChannelOrder): 1 | 3 => (order === "grey" ? 1 : 3);

/** Photograph → resize → crop → (range · x/255 − mean) / std. */
export function applyPreprocessing(photograph: Image, preprocessing: Preprocessing): PreparedInput {
  const view = viewOf(photograph, preprocessing);
  return { tensor: toTensor(view, preprocessing), view };
}

/** The size after resizing, and the crop within it. The crop may extend outside, where the picture is padded. */
export function geometryOf(
  photograph: Size,
  { resize: rule, crop: cropSize }: Pick<Preprocessing, "resize" | "crop">,
): { readonly resized: Size; readonly crop: Rectangle } {
  const resized = rule === null ? { width: photograph.width, height: photograph.height } : resizedTo(photograph, rule);
  return { resized, crop: cropSize === null ? { x: 0, y: 0, ...resized } : centered(resized, cropSize) };
}

/** The longer side is truncated, not rounded, as in torchvision's Resize. */
function resizedTo({ width, height }: Size, rule: Resize): Size {
  if (rule.mode === "exact") return { width: rule.size[1], height: rule.size[0] };
  return width <= height
    ? { width: rule.size, height: Math.max(1, Math.trunc((rule.size * height) / width)) }
    : { width: Math.max(1, Math.trunc((rule.size * width) / height)), height: rule.size };
}

/** The crop that the model sees, as pixels. It also crops a mask of the photograph. */
export function viewOf(photograph: Image, preprocessing: Pick<Preprocessing, "resize" | "crop">): Image {
  return cropped(photograph, preprocessing, geometryOf(photograph, preprocessing).crop);
}

/**
 * A rectangle of the resized picture. Only the pixels within it are resampled: the whole of a strip of 8 × 60,000 pixels
 * would take gigabytes.
 */
export function cropped(
  photograph: Image,
  preprocessing: Pick<Preprocessing, "resize" | "crop">,
  rectangle: Rectangle,
  outside: "black" | "edge" = "black",
): Image {
  const { resized } = geometryOf(photograph, preprocessing);
  const within = overlap(rectangle, resized);
  const part =
    preprocessing.resize === null
      ? crop(photograph, within)
      : resize(photograph, resized, preprocessing.resize.filter, within);
  const moved = { ...rectangle, x: rectangle.x - within.x, y: rectangle.y - within.y };
  return crop(part, moved, outside);
}

/** The strides between neighbouring channels and neighbouring pixels, in elements. */
const steps = (
  layout: Layout,
  pixels: number,
  channels: number,
): { readonly channel: number; readonly pixel: number } =>
  layout === "NCHW" ? { channel: pixels, pixel: 1 } : { channel: 1, pixel: channels };

export function toTensor({ width, height, data }: Image, preprocessing: Preprocessing): Tensor {
  checkChannels(preprocessing);
  const {
    range: [black, white],
    mean,
    std,
    channelOrder,
    layout,
  } = preprocessing;
  const channels = channelsOf(channelOrder);
  const pixels = width * height;
  const step = steps(layout, pixels, channels);
  const values = new Float32Array(pixels * channels);
  for (let channel = 0; channel < channels; channel++) {
    const table = Float32Array.from(
      { length: 256 },
      (_, level) => (black + (white - black) * (level / 255) - mean[channel]!) / std[channel]!,
    );
    let to = channel * step.channel;
    if (channelOrder === "grey") {
      for (let from = 0; from < data.length; from += 3, to += step.pixel) values[to] = table[luma(data, from)]!;
    } else {
      for (let from = channelOrder === "BGR" ? 2 - channel : channel; from < data.length; from += 3, to += step.pixel)
        values[to] = table[data[from]!]!;
    }
  }
  return float32(layout === "NCHW" ? [1, channels, height, width] : [1, height, width, channels], values);
}

/** ITU-R BT.601 luma in 16-bit fixed point, as in Pillow's convert("L"). */
export const luma = (rgb: Uint8Array, at: number): number =>
  (rgb[at]! * 19595 + rgb[at + 1]! * 38470 + rgb[at + 2]! * 7471 + 32768) >> 16;

/** The inverse of `toTensor`, rounded and clipped to 8 bits: shows an input, a baseline or an adversarial example as a picture. */
export function toPixels(input: Tensor, preprocessing: Preprocessing): Image {
  checkChannels(preprocessing);
  const {
    range: [black, white],
    mean,
    std,
    channelOrder,
    layout,
  } = preprocessing;
  const channels = channelsOf(channelOrder);
  const [batch, height, width, inputChannels] =
    layout === "NCHW" ? [input.shape[0], input.shape[2], input.shape[3], input.shape[1]] : input.shape;
  if (
    input.shape.length !== 4 ||
    batch !== 1 ||
    inputChannels !== channels ||
    height === undefined ||
    width === undefined
  ) {
    throw new RangeError(
      `a tensor of shape [${input.shape.join(", ")}] is not one ${layout} picture of ${channels} channels`,
    );
  }
  const values = toFloat64(input);
  const pixels = width * height;
  const step = steps(layout, pixels, channels);
  const data = new Uint8Array(pixels * 3);
  for (let channel = 0; channel < 3; channel++) {
    const from = channels === 1 ? 0 : channelOrder === "BGR" ? 2 - channel : channel;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = values[from * step.channel + pixel * step.pixel]! * std[from]! + mean[from]!;
      data[pixel * 3 + channel] = Math.min(255, Math.max(0, Math.round(((value - black) / (white - black)) * 255)));
    }
  }
  return image(width, height, data);
}

function checkChannels({ mean, std, channelOrder, range }: Preprocessing): void {
  const channels = channelsOf(channelOrder);
  const wrong = (what: string, hint: string): GlassboxError =>
    new GlassboxError("option", what, { where: "preprocessing", hint });
  if (mean.length !== channels || std.length !== channels) {
    throw wrong(
      `${mean.length} means and ${std.length} deviations do not match ${channels} channel${channels === 1 ? "" : "s"}.`,
      "Give one of each for every channel.",
    );
  }
  if (![...mean, ...std, ...range].every(Number.isFinite))
    throw wrong("A mean, a deviation or the range is not a number.", "Give plain numbers.");
  if (std.some((value) => value === 0))
    throw wrong("A standard deviation is 0.", "Use 1 for channels that are not divided.");
  if (range[0] === range[1])
    throw wrong("The two ends of the range are equal.", "Use for instance 0 to 1 or 0 to 255.");
}
