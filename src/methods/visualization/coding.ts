import type { Preprocessing } from "../../data/image/preprocessing.ts";

/** How a colour in [0, 1] becomes a value of the model's input. */
export interface PixelCoding {
  /** The values of black and white in each of the model's channels. */
  readonly black: readonly number[];
  readonly white: readonly number[];
  readonly order: Preprocessing["channelOrder"];
  readonly layout: Preprocessing["layout"];
}

export function codingOf({
  range: [black, white],
  mean,
  std,
  channelOrder,
  layout,
}: Pick<Preprocessing, "range" | "mean" | "std" | "channelOrder" | "layout">): PixelCoding {
  const at = (level: number): readonly number[] => mean.map((m, i) => (level - m) / std[i]!);
  return { black: at(black), white: at(white), order: channelOrder, layout };
}

/** The value around the image: the mean of the training images, which is 0 if the preprocessing subtracts it, or else middle grey. */
export function surroundOf({ black, white }: PixelCoding, padding: "mean" | "grey"): readonly number[] {
  return black.map((low, i) => (padding === "mean" && low < 0 && white[i]! > 0 ? 0 : (low + white[i]!) / 2));
}
