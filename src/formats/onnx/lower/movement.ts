import { normalizeAxis, sizeOf, type Shape } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import { batchedShape, joinable } from "./batch.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";

/** A parameter that is an attribute before `since` and a constant input from then on. */
export function integersAt(
  c: LoweringContext,
  name: string,
  index: number,
  since: number,
): readonly number[] | undefined {
  return c.version < since ? c.integers(name) : (c.numbers(index, name) ?? c.integers(name));
}

/** 0 copies the input's extent, unless `allowzero`; −1 takes what remains. */
function reshapeTarget(c: LoweringContext, x: Value): Shape {
  const target = integersAt(c, "shape", 1, 5) ?? c.refuse("it has no shape");
  const copied = c.flag("allowzero")
    ? target
    : target.map((extent, axis) =>
        extent === 0
          ? (x.shape[axis] ?? c.refuse(`its shape [${target.join(", ")}] copies an axis that the input does not have`))
          : extent,
      );
  if (!copied.includes(-1)) return copied;
  const known = copied.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  return copied.map((extent) => (extent === -1 ? (known === 0 ? 0 : sizeOf(x.shape) / known) : extent));
}

const squeezed = (c: LoweringContext, x: Value, axes: readonly number[] | undefined): Value => {
  const gone =
    axes?.map((axis) => normalizeAxis(axis, x.shape.length)) ??
    x.shape.flatMap((extent, axis) => (extent === 1 ? [axis] : []));
  for (const axis of gone) if (x.shape[axis] !== 1) c.refuse(`axis ${axis} of [${x.shape.join(", ")}] is not 1`);
  return c.b.reshape(
    x,
    x.shape.filter((_, axis) => !gone.includes(axis)),
  );
};

export function unsqueezed(c: LoweringContext, x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  let from = 0;
  return c.b.reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : x.shape[from++]!)),
  );
}

function split(c: LoweringContext): Value[] {
  const x = c.input(0);
  const axis = c.axis("axis", 0);
  const extent = x.shape[axis]!;
  const count = c.integer("num_outputs") ?? c.node.outputs.length;
  const chunk = Math.ceil(extent / count);
  const even = Array.from({ length: count }, (_, i) => Math.max(0, Math.min(chunk, extent - i * chunk)));
  let start = 0;
  return (integersAt(c, "split", 1, 13) ?? even).map((length) => {
    const part = c.b.slice(x, [axis], [start], [start + length]);
    start += length;
    return part;
  });
}

/** Rank 2: everything before `axis`, and the rest. */
function flattened(c: LoweringContext): Value {
  const x = c.input(0);
  const given = c.integer("axis", 1);
  const axis = given < 0 ? given + x.shape.length : given;
  return c.b.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
}

function padded(c: LoweringContext): Value {
  const x = c.input(0);
  const rank = x.shape.length;
  const pads = c.version < 2 ? c.integers("paddings") : integersAt(c, "pads", 1, 11);
  if (!pads) return c.refuse("it has no pads");
  const axes = c.numbers(3, "axes")?.map((axis) => normalizeAxis(axis, rank)) ?? x.shape.map((_, axis) => axis);
  const full = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    full[axis] = pads[i]!;
    full[rank + axis] = pads[axes.length + i]!;
  });
  const value = c.version < 11 ? c.float("value") : c.number(2, "value");
  return c.apply("Pad", [x], { pads: full, mode: c.text("mode", "constant"), constant_value: value });
}

/** [n, c, h, w] and blocks of `size`: between channels and space. */
function depthToSpace(c: LoweringContext): Value {
  const [n, channels, h, w] = c.input(0).shape as [number, number, number, number];
  const size = c.integer("blocksize") ?? c.refuse("it has no block size");
  const depth = channels / size ** 2;
  const [blocks, perm] =
    c.text("mode", "DCR") === "CRD"
      ? [
          [n, depth, size, size, h, w],
          [0, 1, 4, 2, 5, 3],
        ]
      : [
          [n, size, size, depth, h, w],
          [0, 3, 4, 1, 5, 2],
        ];
  return c.b.reshape(c.b.transpose(c.b.reshape(c.input(0), blocks), perm), [n, depth, h * size, w * size]);
}

function spaceToDepth(c: LoweringContext): Value {
  const [n, channels, h, w] = c.input(0).shape as [number, number, number, number];
  const size = c.integer("blocksize") ?? c.refuse("it has no block size");
  const blocks = c.b.reshape(c.input(0), [n, channels, h / size, size, w / size, size]);
  return c.b.reshape(c.b.transpose(blocks, [0, 3, 5, 1, 2, 4]), [n, channels * size ** 2, h / size, w / size]);
}

/** Crops or pads the named axes around the middle. */
function centred(c: LoweringContext): Value {
  const x = c.input(0);
  const rank = x.shape.length;
  const axes = (c.integers("axes") ?? x.shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, rank));
  const pads = new Array<number>(2 * rank).fill(0);
  c.required(1, "shape").forEach((extent, i) => {
    const axis = axes[i]!;
    const extra = extent - x.shape[axis]!;
    // Halves are floored for pads and for crops alike.
    const before = extra >= 0 ? Math.floor(extra / 2) : -Math.floor(-extra / 2);
    pads[axis] = before;
    pads[rank + axis] = extra - before;
  });
  return pads.every((count) => count === 0) ? x : c.apply("Pad", [x], { pads });
}

/** The lower or upper triangle of the last two axes, as a product with a constant mask. */
function triangle(c: LoweringContext): Value {
  const x = c.input(0);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const k = c.number(1, "diagonal") ?? 0;
  const upper = c.flag("upper", true);
  const keep = c.literal("bool", [rows, columns], (i) => {
    const distance = (i % columns) - Math.floor(i / columns);
    return (upper ? distance >= k : distance <= k) ? 1 : 0;
  });
  return c.b.where(keep, x, c.b.scalar(0, x.dtype));
}

function reversedSequences(c: LoweringContext): Value {
  const x = c.input(0);
  const batchAxis = c.integer("batch_axis", 1);
  const timeAxis = c.integer("time_axis", 0);
  const lengths = c.required(1, "sequence lengths");
  const samples = lengths.map((length, i) => {
    const sample = c.b.slice(x, [batchAxis], [i], [i + 1]);
    const head = c.b.slice(sample, [timeAxis], [length - 1], [-sample.shape[timeAxis]! - 1], [-1]);
    return length === 0
      ? sample
      : c.b.concat(
          [
            head,
            ...(length < sample.shape[timeAxis]!
              ? [c.b.slice(sample, [timeAxis], [length], [sample.shape[timeAxis]!])]
              : []),
          ],
          timeAxis,
        );
  });
  return c.b.concat(samples, batchAxis);
}

export const movement: Lowerings = {
  Reshape: (c) => c.b.reshape(c.input(0), batchedShape(c, c.input(0)) ?? reshapeTarget(c, c.input(0))),
  Flatten: flattened,
  Squeeze: (c) => squeezed(c, c.input(0), integersAt(c, "axes", 1, 13)),
  Unsqueeze: (c) => unsqueezed(c, c.input(0), integersAt(c, "axes", 1, 13) ?? c.refuse("it has no axes")),
  Transpose: (c) =>
    c.b.transpose(c.input(0), c.integers("perm") ?? c.input(0).shape.map((_, axis, { length }) => length - 1 - axis)),
  Concat: (c) => {
    const axis = c.axis("axis", 1);
    return c.b.concat(
      joinable(
        c,
        c.inputs.map((_, i) => c.input(i)),
        axis,
      ),
      axis,
    );
  },
  Split: split,
  Slice: (c) => {
    const x = c.input(0);
    const starts = integersAt(c, "starts", 1, 10) ?? c.refuse("it has no starts");
    const ends = integersAt(c, "ends", 2, 10) ?? c.refuse("it has no ends");
    const axes = integersAt(c, "axes", 3, 10)?.map((axis) => normalizeAxis(axis, x.shape.length));
    return c.apply("Slice", [x], { starts, ends, axes, steps: c.numbers(4, "steps") });
  },
  Pad: padded,
  Tile: (c) => {
    const x = c.input(0);
    if (c.version >= 6) return c.apply("Tile", [x], { repeats: c.required(1, "repeats") });
    const axis = c.required(2, "axis")[0]!;
    return c.apply("Tile", [x], { repeats: x.shape.map((_, i) => (i === axis ? c.required(1, "tiles")[0]! : 1)) });
  },
  Expand: (c) => c.apply("Expand", [c.input(0)], { shape: c.required(1, "shape") }),
  DepthToSpace: otherwise(depthToSpace),
  SpaceToDepth: otherwise(spaceToDepth),
  CenterCropPad: centred,
  Trilu: otherwise(triangle),
  ReverseSequence: reversedSequences,
};
