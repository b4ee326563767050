import type { Shape } from "../../tensor/shape.ts";

/**
 * What an axis means. `channel` and `feature` are one meaning, shown as `channel` next to rows, columns or time. `free` is
 * an axis of a constant or of a repetition, which means whatever it is combined with.
 */
export type Meaning =
  | "batch"
  | "channel"
  | "row"
  | "column"
  | "depth"
  | "time"
  | "token"
  | "class token"
  | "head"
  | "direction"
  | "free"
  | "unknown";

/** The names that people see. A product of several meanings is written `batch × window`. */
export type AxisName =
  | Exclude<Meaning, "free">
  | "feature"
  | "group"
  | "query"
  | "key"
  | "window"
  | "window row"
  | "window column"
  | "row in window"
  | "column in window"
  | "single";

/** An axis as an input or an operator made it. What later reshapes take of it are its digits. */
export interface Root {
  /** Unique in a graph, and the same whenever the graph is followed again. */
  readonly id: string;
  readonly meaning: Meaning;
  readonly extent: number;
  /** For a concatenation, the products that lie one after the other, e.g. a class token and the grid of patches. */
  readonly parts?: readonly Axis[];
  /** For a piece of another root, where it began, so that a roll is recognised when its pieces are joined. */
  readonly cut?: { readonly root: Root; readonly start: number };
  /** For a root that was rolled: element i was element (i + by) mod extent. */
  readonly rolled?: { readonly root: Root; readonly by: number };
}

/**
 * A digit of a root in mixed radix: index i of the root has the digit ⌊i / stride⌋ mod extent. Reshapes split a root into
 * digits and join them again, so a window partition and its reverse lose nothing.
 */
export interface Factor {
  readonly root: Root;
  readonly stride: number;
  readonly extent: number;
  /** One of the two position axes of an attention pattern. Such positions are no picture. */
  readonly side?: PatternSide;
}

export interface PatternSide {
  readonly pattern: string;
  readonly side: "left" | "right";
}

/** An axis of a value: a product of digits, the slowest first. An empty product is an axis of one element that means nothing. */
export type Axis = readonly Factor[];

/** The axes of a value, in the order of its shape. */
export type Axes = readonly Axis[];

export const extentOf = (axis: Axis): number => axis.reduce((size, { extent }) => size * extent, 1);

export const wholeRoot = (root: Root): Factor => ({ root, stride: 1, extent: root.extent });

export const isWhole = ({ root, stride, extent }: Factor): boolean => stride === 1 && extent === root.extent;

const sameFactor = (a: Factor, b: Factor): boolean =>
  a.root.id === b.root.id &&
  a.stride === b.stride &&
  a.extent === b.extent &&
  a.side?.pattern === b.side?.pattern &&
  a.side?.side === b.side?.side;

export const sameAxis = (a: Axis, b: Axis): boolean =>
  a.length === b.length && a.every((factor, i) => sameFactor(factor, b[i]!));

/** Joins neighbouring digits of one root, e.g. the window and the row in it. */
export function joined(axis: Axis): Axis {
  const result: Factor[] = [];
  for (const factor of axis) {
    const before = result.at(-1);
    const follows =
      before !== undefined &&
      before.root.id === factor.root.id &&
      before.stride === factor.stride * factor.extent &&
      before.side?.pattern === factor.side?.pattern &&
      before.side?.side === factor.side?.side;
    if (follows) result[result.length - 1] = { ...factor, extent: before.extent * factor.extent };
    else result.push(factor);
  }
  return result;
}

/** The digits of one factor: `major` elements of `factor.extent / major` each. */
export const split = (factor: Factor, major: number): readonly [Factor, Factor] => {
  const minor = factor.extent / major;
  return [
    { ...factor, stride: factor.stride * minor, extent: major },
    { ...factor, extent: minor },
  ];
};

/** Whether axes fit a shape: a law that gives others is wrong. */
export const fits = (axes: Axes, shape: Shape): boolean =>
  axes.length === shape.length && axes.every((axis, i) => extentOf(axis) === shape[i]);
