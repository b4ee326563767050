import { defaultCrop, type ImageInput } from "../data/image/conventions.ts";
import type { Preprocessing, Resize } from "../data/image/preprocessing.ts";
import type { Filter } from "../data/image/resize.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Pillow's numbers of filters, as transformers writes them, and timm's names. */
const filters: Readonly<Record<string, Filter>> = {
  1: "lanczos",
  2: "bilinear",
  3: "bicubic",
  4: "box",
  lanczos: "lanczos",
  bilinear: "bilinear",
  bicubic: "bicubic",
};

/**
 * How transformers' `preprocessor_config.json` feeds pictures: resize, centre crop, rescale by 1/255, mean and
 * deviation. `undefined` if the file is none, or asks for what is not done here.
 */
export function fromPreprocessorConfig(value: unknown, input: ImageInput, where: string): Preprocessing | undefined {
  if (!isFields(value) || (value["image_mean"] === undefined && value["do_rescale"] === undefined)) return undefined;
  const factor = value["do_rescale"] === false ? 1 : numberOr(value["rescale_factor"], 1 / 255);
  const normalized = value["do_normalize"] !== false;
  const mean = normalized ? numbers(value["image_mean"], input.channels) : fill(0, input.channels);
  const std = normalized ? numbers(value["image_std"], input.channels) : fill(1, input.channels);
  const filter = filters[String(value["resample"] ?? 2)];
  if (mean === undefined || std === undefined || filter === undefined) return undefined;
  const crop = value["do_center_crop"] === true;
  const shorter = shortestEdge(value["size"]);
  const resize: Resize | null =
    value["do_resize"] === false
      ? null
      : crop
        ? { mode: "shorter-side", size: shorter ?? Math.min(input.height, input.width), filter }
        : { mode: "exact", size: [input.height, input.width], filter };
  return {
    resize,
    crop: crop || resize === null ? { height: input.height, width: input.width } : null,
    range: [0, roundedTo(255 * factor)],
    mean,
    std,
    ...specified(input, where),
  };
}

/** timm's `pretrained_cfg` in `config.json`: mean, deviation, filter, and the share that the centre crop keeps. */
export function fromTimmConfig(value: unknown, input: ImageInput, where: string): Preprocessing | undefined {
  const fields = isFields(value) ? value["pretrained_cfg"] : undefined;
  if (!isFields(fields)) return undefined;
  const mean = numbers(fields["mean"], input.channels);
  const std = numbers(fields["std"], input.channels);
  const filter = filters[String(fields["interpolation"] ?? "bilinear")];
  if (mean === undefined || std === undefined || filter === undefined) return undefined;
  const kept = numberOr(fields["crop_pct"], 0.875);
  const usual = defaultCrop(input);
  const square = input.height === input.width && kept > 0 && kept <= 1;
  return {
    resize: square
      ? { mode: "shorter-side", size: Math.floor(input.height / kept), filter }
      : usual.resize && { ...usual.resize, filter },
    crop: square ? { height: input.height, width: input.width } : usual.crop,
    range: [0, 1],
    mean,
    std,
    ...specified(input, where),
  };
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fill = (value: number, count: number): readonly number[] => new Array<number>(count).fill(value);

function numbers(value: unknown, count: number): readonly number[] | undefined {
  return Array.isArray(value) && value.length === count && value.every((each) => Number.isFinite(each))
    ? (value as number[])
    : undefined;
}

const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;

/** 255 · 0.00392156862745098 is 1. */
const roundedTo = (value: number): number => Number(value.toPrecision(12));

/** `224`, or `{ "shortest_edge": 224 }`. */
function shortestEdge(size: unknown): number | undefined {
  const edge = isFields(size) ? (size["shortest_edge"] ?? size["height"]) : size;
  return typeof edge === "number" && Number.isInteger(edge) && edge > 0 && edge <= 8192 ? edge : undefined;
}

const specified = ({ channels, layout }: ImageInput, where: string) =>
  ({
    channelOrder: channels === 1 ? "grey" : "RGB",
    layout,
    source: "metadata",
    reason: `${where} specifies it.`,
  }) as const;
