/**
 * The colour channels of natural images are correlated. The optimizer works in a decorrelated space; this square root of
 * ImageNet's covariance of red, green and blue, divided by the largest norm of a column, maps it back to colours.
 * The numbers are lucid's (Olah, Mordvintsev, Schubert 2017).
 */
const root = [
  [0.26, 0.09, 0.02],
  [0.27, 0, -0.05],
  [0.27, -0.09, 0.03],
] as const;

const largestNorm = Math.max(...[0, 1, 2].map((column) => Math.hypot(...root.map((row) => row[column]!))));

/** The rows are red, green and blue; the columns are the decorrelated channels. */
export const colourMatrix: readonly (readonly number[])[] = root.map((row) => row.map((value) => value / largestNorm));

const identity: typeof colourMatrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** ImageNet's mean red, green and blue, with lucid's literals. */
const mean = [0.48, 0.46, 0.41] as const;

/** The mean colour in the model's channel order. The mean of a grey image is the mean of the three. */
export const meanColour = (order: "RGB" | "BGR" | "grey"): readonly number[] =>
  order === "grey" ? [(mean[0] + mean[1] + mean[2]) / 3] : order === "BGR" ? [...mean].reverse() : mean;

/** The colour matrix with its rows in the model's channel order. */
export function colourRows(decorrelated: boolean, order: "RGB" | "BGR" | "grey"): readonly (readonly number[])[] {
  const rows = decorrelated ? colourMatrix : identity;
  return order === "BGR" ? [...rows].reverse() : rows;
}
