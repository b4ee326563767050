import type { Shape } from "../../tensor/shape.ts";
import { isWhole, joined, split, type Axes, type Axis, type Factor } from "./axis.ts";
import { allAre, dataOf, isChannel, wide, type AxisFlow, type AxisLaw } from "./flow-law.ts";

/**
 * Reshape moves no element, so the digits of all axes, the slowest first, are dealt out again. A digit that does not fit is
 * split, e.g. features into heads, rows into windows. Axes that cannot be made of digits are unknown.
 */
export const reshapes: AxisLaw<unknown> = (flow) => [
  refined(flow, dealt(flow, dataOf(flow).flat(), flow.outputShapes[0]!)),
];

/** Digits dealt out again to the axes of a shape. */
export function dealt(flow: AxisFlow, digits: readonly Factor[], shape: Shape): Axis[] {
  const rest = [...digits];
  const axes: Axis[] = [];
  while (axes.length < shape.length) {
    const ones = shape[axes.length] === 1 && shape[axes.length + 1] !== 1;
    const [taken, missing] = ones ? [leading(rest), 1] : take(rest, shape[axes.length]!);
    if (missing === 1) axes.push(joined(taken));
    else axes.push(...unaligned(flow, rest, missing, shape.slice(axes.length)));
  }
  // What is left has one element: it stays with the last axis, so that a later reshape finds it.
  if (rest.length > 0 && axes.length > 0) axes[axes.length - 1] = [...axes.at(-1)!, ...rest];
  return axes;
}

/** The digits of one element that come next: the last axis of one element takes all, e.g. the one row and column of a token. */
function leading(rest: Factor[]): Factor[] {
  const end = rest.findIndex(({ extent }) => extent > 1);
  return rest.splice(0, end < 0 ? rest.length : end);
}

/** Takes digits for an axis of `extent`; the second result is what they lack. */
function take(rest: Factor[], extent: number): readonly [Factor[], number] {
  if (extent === 1) return [rest[0]?.extent === 1 ? [rest.shift()!] : [], 1];
  const taken: Factor[] = [];
  let missing = extent;
  while (missing > 1 && rest.length > 0) {
    const next = rest[0]!;
    if (missing % next.extent !== 0) {
      if (next.extent % missing !== 0) return [taken, missing];
      const [major, minor] = split(next, missing);
      rest[0] = minor;
      taken.push(major);
      return [taken, 1];
    }
    taken.push(rest.shift()!);
    missing /= next.extent;
  }
  return [taken, missing];
}

/** Axes up to the next place where digits and extents end together. Of channels alone they are channels still. */
function unaligned(flow: AxisFlow, rest: Factor[], missing: number, shape: Shape): Axis[] {
  let have = rest.length > 0 ? rest[0]!.extent : missing;
  let wanted = missing;
  let count = 1;
  const used: Factor[] = rest.splice(0, 1);
  while (have !== wanted && (rest.length > 0 || count < shape.length)) {
    if (wanted < have && count < shape.length) wanted *= shape[count++]!;
    else if (rest.length > 0) {
      const next = rest.shift()!;
      used.push(next);
      have *= next.extent;
    } else break;
  }
  const meaning = allAre(flow, used, isChannel) ? "channel" : "unknown";
  return shape.slice(0, count).map((extent) => (extent === 1 ? [] : flow.make(meaning, extent)));
}

/**
 * Rows and columns that took a digit of the channels are finer rows and columns (PixelShuffle, Shi et al. 2016; the patches
 * of a decoder that are put together). Two axes do so at once: one alone may be columns with features in a row.
 */
function refined(flow: AxisFlow, axes: readonly Axis[]): Axes {
  const finer = axes.map((axis) => {
    const [first, ...others] = wide(axis);
    const meaning = first && flow.meaning(first);
    return (meaning === "row" || meaning === "column" || meaning === "depth") &&
      others.length > 0 &&
      others.every((factor) => flow.meaning(factor) === "channel" && !isWhole(factor))
      ? meaning
      : undefined;
  });
  if (finer.filter((meaning) => meaning !== undefined).length < 2) return axes;
  return axes.map((axis, i) => {
    const meaning = finer[i];
    return meaning === undefined ? axis : flow.make(meaning, flow.outputShapes[0]![i]!);
  });
}

/** Axis i of the result is axis permᵢ. */
export const transposes: AxisLaw<{ readonly perm: readonly number[] | undefined }> = (flow, { perm }) => {
  const axes = dataOf(flow);
  return [(perm ?? axes.map((_, i) => axes.length - 1 - i)).map((axis) => axes[axis]!)];
};

/** New elements of a broadcast mean what they are combined with. */
export const expands: AxisLaw<unknown> = (flow) => {
  const axes = dataOf(flow);
  const shape = flow.outputShapes[0]!;
  const from = flow.inputShapes[0]!;
  return [
    shape.map((extent, i) => {
      const at = i - (shape.length - axes.length);
      if (at >= 0 && from[at] === extent) return axes[at]!;
      return extent === 1 ? [] : flow.make("free", extent);
    }),
  ];
};

/** A repeated axis is the repetition, then what is repeated. */
export const tiles: AxisLaw<{ readonly repeats: readonly number[] }> = (flow, { repeats }) => [
  dataOf(flow).map((axis, i) => (repeats[i]! > 1 ? [...flow.make("free", repeats[i]!), ...wide(axis)] : axis)),
];
