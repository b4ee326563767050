import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { float, integers, text } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { gatherAxes, stepping, type AxisMap } from "./gather-axes.ts";
import { pad as padWithZeros, reverse } from "./slice.ts";
import { padsAxes } from "../axes/pieces.ts";

/**
 * x with `pads[axis]` elements before and `pads[rank + axis]` after; negative counts crop it first. New
 * elements hold `constant_value`, or what `mode` finds in x: its `edge`, its mirror image without the
 * edge (`reflect`, once: that far and no farther), or its periodic continuation (`wrap`). ONNX Pad-21,
 * all axes named.
 * Backward: a slice; in the other modes each padded element adds its cotangent to the element that it read.
 */
export const pad = operator("Pad", {
  attributes: {
    pads: integers(undefined, { input: 1 }),
    constant_value: float(0, { input: 2, inputType: "like-first", scalar: true }),
    mode: text("constant"),
  },
  inputs: 1,
  traits: { kind: "rearranges" },
  axes: padsAxes,
  infer: ([x], { pads, mode }) => [{ dtype: x.dtype, shape: paddedShape(x.shape, pads, mode) }],
  evaluate: ([x], { pads, mode, constant_value }) => [gatherAxes(x, mapsOf(x.shape, pads, mode), constant_value)],
  backward: ({ inputs: [x], grad, attributes: { pads, mode }, b }) => [
    mode === "constant" ? crop(b, grad, x.shape, pads) : foldBack(b, grad, x.shape, mapsOf(x.shape, pads, mode)),
  ],
});

/** One axis: `kept` elements of x from `start` on, with new ones around. */
interface Span {
  readonly before: number;
  readonly start: number;
  readonly kept: number;
  readonly after: number;
}

const spansOf = (shape: Shape, pads: readonly number[]): Span[] =>
  shape.map((extent, axis) => {
    const [before, after] = [pads[axis]!, pads[shape.length + axis]!];
    const start = Math.max(0, -before);
    return {
      before: Math.max(0, before),
      start,
      kept: extent - start - Math.max(0, -after),
      after: Math.max(0, after),
    };
  });

function paddedShape(shape: Shape, pads: readonly number[], mode: string): Shape {
  if (pads.length !== 2 * shape.length) {
    throw new RangeError(`Pad needs two counts for each axis of [${shape.join(", ")}], not ${pads.length}`);
  }
  if (!(mode in continuation)) throw new RangeError(`Pad does not support the mode ${mode}`);
  return spansOf(shape, pads).map(({ before, kept, after }, axis) => {
    if (kept < 0)
      throw new RangeError(`Pad cannot crop ${shape[axis]! - kept} of ${shape[axis]} elements along axis ${axis}`);
    const most = mode === "constant" ? Infinity : mode === "reflect" ? kept - 1 : kept === 0 ? 0 : Infinity;
    if (Math.max(before, after) > Math.max(0, most)) {
      throw new RangeError(
        `Pad cannot add ${Math.max(before, after)} elements with mode ${mode} along axis ${axis}: at most ${Math.max(0, most)} are possible`,
      );
    }
    return before + kept + after;
  });
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n;

/** The index in [0, n) that an index outside of it reads. */
const continuation: Readonly<Record<string, (i: number, n: number) => number>> = {
  constant: () => -1,
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: modulo,
  reflect: (i, n) => (i < 0 ? -i : 2 * n - 2 - i),
};

const mapsOf = (shape: Shape, pads: readonly number[], mode: string): AxisMap[] =>
  spansOf(shape, pads).map(({ before, start, kept, after }) =>
    stepping(before + kept + after, -before, 1).map((i) => {
      const from = i >= 0 && i < kept ? i : continuation[mode]!(i, kept);
      return from < 0 ? -1 : start + from;
    }),
  );

/** The adjoint of zero padding: padding by the opposite counts, a slice where nothing was cropped. */
function crop(b: Builder, grad: Value, shape: Shape, pads: readonly number[]): Value {
  const rank = shape.length;
  if (pads.some((count) => count < 0)) return b.apply("Pad", [grad], { pads: pads.map((count) => -count) });
  const axes = shape.flatMap((_, axis) => (pads[axis] || pads[rank + axis] ? [axis] : []));
  if (axes.length === 0) return grad;
  return b.slice(
    grad,
    axes,
    axes.map((axis) => pads[axis]!),
    axes.map((axis) => pads[axis]! + shape[axis]!),
  );
}

/** The adjoint of reading through maps, axis by axis. */
function foldBack(b: Builder, grad: Value, shape: Shape, maps: readonly AxisMap[]): Value {
  let folded = grad;
  maps.forEach((map, axis) => {
    const extent = shape[axis]!;
    if (map.length === extent && map.every((from, i) => from === i)) return;
    const type = { dtype: grad.dtype, shape: folded.shape.map((e, i) => (i === axis ? extent : e)) };
    if (sizeOf(folded.shape) === 0) folded = b.zeros(type);
    else
      folded = stretches(map)
        .map((stretch) => placeStretch(b, folded, axis, stretch, extent))
        .reduce((x, y) => b.add(x, y));
  });
  return folded;
}

/** A stretch of a map that rises by one, falls by one, or stays: it places a slice, its reversal, or its sum. */
interface Stretch {
  readonly begin: number;
  readonly length: number;
  readonly from: number;
  readonly slope: number;
}

function stretches(map: AxisMap): Stretch[] {
  const found: Stretch[] = [];
  for (let begin = 0; begin < map.length;) {
    const slope = begin + 1 < map.length ? map[begin + 1]! - map[begin]! : 1;
    let end = begin + 1;
    if (Math.abs(slope) <= 1) while (end < map.length && map[end] === map[end - 1]! + slope) end++;
    found.push({ begin, length: end - begin, from: map[begin]!, slope: end - begin > 1 ? slope : 1 });
    begin = end;
  }
  return found;
}

function placeStretch(
  b: Builder,
  grad: Value,
  axis: number,
  { begin, length, from, slope }: Stretch,
  extent: number,
): Value {
  let part = b.slice(grad, [axis], [begin], [begin + length]);
  if (slope < 0) part = reverse(b, part, axis);
  if (slope === 0) part = b.sum(part, [axis], true);
  const first = slope < 0 ? from - length + 1 : from;
  const at = (count: number): number[] => part.shape.map((_, i) => (i === axis ? count : 0));
  return padWithZeros(b, part, at(first), at(extent - first - part.shape[axis]!));
}
