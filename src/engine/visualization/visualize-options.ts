import { presets } from "../../methods/visualization/recipe.ts";
import { outputExtent } from "../../methods/visualization/transforms.ts";
import type { VisualizeOptions } from "../../protocol/visualization.ts";
import { GlassboxError } from "../../tensor/errors.ts";

const bounds: Readonly<Partial<Record<keyof VisualizeOptions, readonly [number, number]>>> = {
  size: [16, 512],
  steps: [1, 4096],
  images: [1, 16],
  seed: [0, 2 ** 31 - 1],
  learningRate: [0, 10],
  totalVariation: [0, 1e6],
  l2: [0, 1e6],
};

/** Throws a sentence that names the option and its bounds. */
export function checkedOptions(options: VisualizeOptions): VisualizeOptions {
  if (!(options.preset in presets))
    throw new GlassboxError("option", `there is no preset ${options.preset}`, {
      hint: `The presets are: ${Object.keys(presets).join(", ")}.`,
    });
  if (options.range !== "sigmoid" && options.range !== "soft")
    throw new GlassboxError("option", `there is no range ${String(options.range)}`, {
      hint: "The ranges are: sigmoid, soft.",
    });
  if (typeof options.portable !== "boolean")
    throw new GlassboxError("option", `portable is ${String(options.portable)}`, { hint: "It must be true or false." });
  for (const [name, [low, high]] of Object.entries(bounds)) {
    const value = options[name as keyof VisualizeOptions] as number;
    const whole = ["size", "steps", "images", "seed"].includes(name);
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)))
      throw new GlassboxError("option", `${name} is ${String(value)}`, {
        hint: `It must be ${whole ? "a whole number" : "a number"} from ${low} to ${high}.`,
      });
  }
  if (outputExtent(options.size, presets[options.preset].transforms) < 8)
    throw new GlassboxError("option", `a picture of ${options.size} pixels is too small for this preset's crops`);
  return options;
}
