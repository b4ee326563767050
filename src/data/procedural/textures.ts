/** Grey patterns of two levels. Each is an exact test of a point, in pixels of a picture of side 224, from where the pattern begins. */
export const textureNames = ["horizontal stripes", "vertical stripes", "diagonal stripes", "checks", "dots"] as const;

export type TextureName = (typeof textureNames)[number];

/** Stripes and checks repeat every 12 pixels, diagonal stripes every 16 along an axis, which is 11.3 across, dots every 10. */
const period = 12;
const dotPeriod = 10;
const dotRadius = 3;
const diagonalPeriod = 16;

const half = (at: number, length: number): boolean => (((at % length) + length) % length) * 2 < length;
const fromDot = (at: number): number => (((at % dotPeriod) + dotPeriod) % dotPeriod) - dotPeriod / 2;

/** Whether a pattern is light at (x, y). It uses only +, −, × and remainders, so it is the same on every machine. */
export const isLight: Readonly<Record<TextureName, (x: number, y: number) => boolean>> = {
  "horizontal stripes": (_x, y) => half(y, period),
  "vertical stripes": (x) => half(x, period),
  "diagonal stripes": (x, y) => half(x + y, diagonalPeriod),
  checks: (x, y) => half(x, period) !== half(y, period),
  dots: (x, y) => fromDot(x) * fromDot(x) + fromDot(y) * fromDot(y) <= dotRadius * dotRadius,
};
