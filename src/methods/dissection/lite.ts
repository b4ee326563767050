/** What NetDissect-Lite computes differently from the paper's code. Its stale count for pictures without labels is not repeated. */
import type { GridField } from "../../graph/grid-field.ts";

/** It reads the threshold from 1,000 evenly spaced quantiles, the first 0 and the last 1, at index ⌊1000 (1 − share) − 1⌋. */
export const liteQuantile = (share: number): number => Math.trunc(1000 * (1 - share) - 1) / 999;

/** It resizes the activation to the whole picture, wherever its receptive fields are. */
export const overPicture = ({ rows, columns }: GridField, [height, width]: readonly [number, number]): GridField => ({
  rows,
  columns,
  offset: [(height / rows - 1) / 2, (width / columns - 1) / 2],
  step: [height / rows, width / columns],
});
