import { normalizeAxis, sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import { integers, maybe } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { gatherAxes, stepping } from "./gather-axes.ts";
import { dataOf } from "../axes/flow-law.ts";
import { slicedAxes } from "../axes/pieces.ts";

/** One axis of a slice, resolved: it reads start, start + step, … `length` times. */
interface Run {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

interface SliceAttributes {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[] | undefined;
  readonly steps: readonly number[] | undefined;
}

/**
 * x[start:end:step] along some axes. Bounds count from the end if negative and are clamped, so the
 * largest integers mean "to the end"; a negative step runs backward. ONNX Slice-13.
 * Backward: the cotangent padded with zeros to where it came from; a step of s > 1 first spreads it,
 * s − 1 zeros after each element.
 */
export const slice = operator("Slice", {
  attributes: {
    starts: integers(undefined, { input: 1 }),
    ends: integers(undefined, { input: 2 }),
    axes: maybe(integers(undefined, { input: 3 })),
    steps: maybe(integers(undefined, { input: 4 })),
  },
  inputs: 1,
  traits: {
    kind: "rearranges",
    holdsSizes: true,
    view: (shape, given) => {
      const runs = runsOf(shape, given);
      const strides = stridesOf(shape);
      return {
        offset: runs.reduce((sum, { start }, axis) => sum + start * strides[axis]!, 0),
        shape: runs.map(({ length }) => length),
        strides: runs.map(({ step }, axis) => step * strides[axis]!),
      };
    },
  },
  axes: (flow, given) => [slicedAxes(flow, dataOf(flow), runsOf(flow.inputShapes[0]!, given))],
  infer: ([x], given) => [{ dtype: x.dtype, shape: runsOf(x.shape, given).map(({ length }) => length) }],
  evaluate: ([x], given) => [
    gatherAxes(
      x,
      runsOf(x.shape, given).map(({ length, start, step }) => stepping(length, start, step)),
    ),
  ],
  backward: ({ inputs: [x], grad, attributes, b }) => [unslice(b, grad, x.shape, runsOf(x.shape, attributes))],
});

/** What a slice takes along each axis. */
export function runsOf(
  shape: Shape,
  { starts, ends, axes = starts.map((_, i) => i), steps = starts.map(() => 1) }: SliceAttributes,
): Run[] {
  if (starts.length !== ends.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw new RangeError("Slice needs as many starts as ends, axes and steps");
  }
  const runs: Run[] = shape.map((length) => ({ start: 0, step: 1, length }));
  const seen = new Set<number>();
  axes.forEach((given, i) => {
    const axis = normalizeAxis(given, shape.length);
    if (seen.has(axis)) throw new RangeError(`Slice names axis ${axis} twice`);
    seen.add(axis);
    runs[axis] = resolve(shape[axis]!, starts[i]!, ends[i]!, steps[i]!);
  });
  return runs;
}

function resolve(extent: number, from: number, to: number, step: number): Run {
  if (!Number.isInteger(step) || step === 0) throw new RangeError(`Slice cannot take steps of ${step}`);
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
  const clamp = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + extent : bound, low), high);
  const start = step > 0 ? clamp(from) : Math.max(clamp(from), Math.min(0, extent - 1));
  return { start, step, length: Math.max(0, Math.ceil((clamp(to) - start) / step)) };
}

function unslice(b: Builder, grad: Value, shape: Shape, runs: readonly Run[]): Value {
  if (sizeOf(grad.shape) === 0) return b.zeros({ dtype: grad.dtype, shape });
  let spread = grad;
  const before: number[] = [];
  const after: number[] = [];
  runs.forEach(({ start, step, length }, axis) => {
    if (step < 0) spread = reverse(b, spread, axis);
    spread = insertZeros(b, spread, axis, Math.abs(step));
    const first = step < 0 ? start + (length - 1) * step : start;
    before.push(first);
    after.push(shape[axis]! - first - spread.shape[axis]!);
  });
  return pad(b, spread, before, after);
}

/** x with its elements along `axis` in the opposite order. */
export const reverse = (b: Builder, x: Value, axis: number): Value =>
  x.shape[axis]! < 2 ? x : b.slice(x, [axis], [x.shape[axis]! - 1], [-x.shape[axis]! - 1], [-1]);

/** x with zeros before and after, nothing if there are none. */
export const pad = (b: Builder, x: Value, before: readonly number[], after: readonly number[]): Value =>
  [...before, ...after].every((count) => count === 0) ? x : b.apply("Pad", [x], { pads: [...before, ...after] });

/**
 * `step − 1` zeros between neighbours along `axis`. Its axes are merged to four before the Pad,
 * which is slow beyond (measured; never 6-D).
 */
function insertZeros(b: Builder, x: Value, axis: number, step: number): Value {
  const extent = x.shape[axis]!;
  if (step === 1 || extent < 2) return x;
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const padded = pad(b, b.reshape(x, [outer, extent, 1, inner]), [0, 0, 0, 0], [0, 0, step - 1, 0]);
  const flat = b.reshape(padded, [outer, extent * step, inner]);
  const length = (extent - 1) * step + 1;
  return b.reshape(
    b.slice(flat, [1], [0], [length]),
    x.shape.map((e, i) => (i === axis ? length : e)),
  );
}
