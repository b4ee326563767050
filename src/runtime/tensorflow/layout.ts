/** TensorFlow.js stores images channels-last. Axes are numbered as in the graph, NCHW, until they are applied to a tensor. */
import type { Shape } from "../../tensor/shape.ts";

export type Layout = "plain" | "channels-last";

/** The index of each axis of [N, C, H, W] in [N, H, W, C]. */
const nchwToNhwcAxis = [0, 3, 1, 2] as const;

export const toLast = [0, 2, 3, 1];
export const toPlain = [0, 3, 1, 2];

export function axisIn(layout: Layout, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === "plain" ? positive : nchwToNhwcAxis[positive]!;
}

export const shapeIn = (layout: Layout, shape: Shape): number[] =>
  layout === "plain" ? [...shape] : toLast.map((axis) => shape[axis]!);

/** The shape extended to rank 4 by leading ones, as in broadcasting. */
export const asImage = (shape: Shape): number[] => [...new Array<number>(4 - shape.length).fill(1), ...shape];

/** Whether the two layouts store the elements in the same order. */
export const layoutsAgree = ([, channels, height, width]: Shape): boolean =>
  channels === 1 || (height === 1 && width === 1);
