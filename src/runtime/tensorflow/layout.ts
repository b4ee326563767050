/** Images lie channels-last in TensorFlow.js. Axes are named as in the graph, NCHW, until they meet a tensor. */
import type { Shape } from "../../tensor/shape.ts";

export type Layout = "plain" | "channels-last";

/** Where each axis of [N, C, H, W] lies in [N, H, W, C]. */
const nchwToNhwcAxis = [0, 3, 1, 2] as const;

export const toLast = [0, 2, 3, 1];
export const toPlain = [0, 3, 1, 2];

export function axisIn(layout: Layout, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === "plain" ? positive : nchwToNhwcAxis[positive]!;
}

export const shapeIn = (layout: Layout, shape: Shape): number[] =>
  layout === "plain" ? [...shape] : toLast.map((axis) => shape[axis]!);

/** A shape of rank 4 by leading ones, as broadcasting sees it. */
export const asImage = (shape: Shape): number[] => [...new Array<number>(4 - shape.length).fill(1), ...shape];

/** Whether the two layouts hold the elements in the same order. */
export const layoutsAgree = ([, channels, height, width]: Shape): boolean =>
  channels === 1 || (height === 1 && width === 1);
