import { GlassboxError } from "../tensor/errors.ts";
import type { Dimensions } from "./decoder.ts";

const maxLayers = 1024;
const maxExtent = 2 ** 24;

/** Numbers from a file size loops and tables here, so they are bounded before anything is made of them. */
export function checkDimensions(
  { layers, width, heads, keyValueHeads, headWidth, hidden, vocabulary, context }: Dimensions,
  where: string,
): void {
  const whole = {
    layers,
    width,
    heads,
    "key-value heads": keyValueHeads,
    "head width": headWidth,
    hidden,
    vocabulary,
    context,
  };
  for (const [name, value] of Object.entries(whole)) {
    if (!Number.isInteger(value) || value < 1 || value > (name === "layers" ? maxLayers : maxExtent)) {
      throw new GlassboxError("file", `the config gives ${value} for the model's ${name}`, { where });
    }
  }
  if (heads % keyValueHeads !== 0)
    throw new GlassboxError("file", `${heads} heads cannot share ${keyValueHeads} key-value heads`, { where });
}
