import { encodeImage } from "../data/image/encode-png.ts";
import { image } from "../data/image/image.ts";
import type { MaximizedUnit, MaximizedUnits, RgbPicture } from "../protocol/visualization.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { walk } from "./reading/walk.ts";

/** Pictures that maximize units. Paths in claims refer to the first unit. */
export const maximizedUnits: AnswerKind<"maximized-units"> = {
  readings: [
    ["greatest", "The greatest activation of the optimized pictures."],
    ["photograph", "The greatest activation of real pictures."],
    ["images.1.activation", "The activation of the first picture."],
  ],
  read(data, first, rest) {
    const unit = data.units[0];
    if (unit === undefined || first.name === "units" || first.name === "photographsFound") return undefined;
    switch (first.name) {
      case "greatest":
        return greatest(unit.images);
      case "photograph":
        return greatest(unit.photographs);
      default:
        return walk(unit, [first, ...rest], "the result");
    }
  },
  headline: ({ units: [unit] }) =>
    unit &&
    `activation ${greatest(unit.images).toFixed(2)}, of photographs at most ${greatest(unit.photographs).toFixed(2)}`,
  lines: ({ units }) =>
    units.map(
      ({ objective, images }) => `${objective}  ${images.map(({ activation }) => activation.toFixed(2)).join(", ")}`,
    ),
  figures: ({ units }) =>
    units.flatMap((unit) => [
      ...unit.images.map(({ activation }, i): Figure => [
        `${prefix(units, unit)}images.${i + 1}.activation`,
        activation,
      ]),
      ...unit.photographs.map(({ name, activation }): Figure => [
        `${prefix(units, unit)}photograph ${name}`,
        activation,
      ]),
    ]),
  formats: {},
};

const prefix = (units: MaximizedUnits["units"], { objective }: MaximizedUnit): string =>
  units.length > 1 ? `${objective} ` : "";

const greatest = (each: readonly { readonly activation: number }[]): number =>
  Math.max(...each.map(({ activation }) => activation));

export const picturePng = ({ width, height, rgb }: RgbPicture): Uint8Array => encodeImage(image(width, height, rgb));
