/** Sampling an image where a grid says. */
import { formatShape, imageShape, sizeOf, stridesOf } from "../../tensor/shape.ts";
import { flag, text, type AttributesOf } from "../attributes.ts";
import { clip } from "./activation.ts";
import { add, mul, sub } from "./arithmetic.ts";
import type { Builder, Value } from "../builder.ts";
import { equal } from "./comparison.ts";
import { composed } from "./composed.ts";
import { gatherElements } from "./gather.ts";
import { expand, reshape } from "./movement.ts";
import { cast } from "./selection.ts";
import { slice } from "./slice.ts";
import { abs, floor, round } from "./unary.ts";
import { samples } from "../axes/window.ts";

const attributes = { mode: text("linear"), padding_mode: text("zeros"), align_corners: flag(false) };

type Options = AttributesOf<typeof attributes>;

/** What an output reads along one axis: positions (whole numbers as floats, inside the image) and weights, both [N, points]. */
interface Tap {
  readonly position: Value;
  readonly weight: Value | undefined;
}

/**
 * y[n, c, p] = Σ over neighbours of grid[n, p] of weight·x[n, c, neighbour], separably in each axis; the grid's last axis
 * holds coordinates in [−1, 1], last spatial axis first. Backward by the composition: weights are differentiated, positions are constant.
 * Jaderberg, Simonyan, Zisserman, Kavukcuoglu 2015. ONNX GridSample-20.
 */
export const gridSample = composed("GridSample", {
  attributes,
  inputs: 2,
  traits: { kind: "pools", parameters: {} },
  axes: samples,
  infer: ([x, grid], { mode, padding_mode }) => {
    const rank = x.shape.length - 2;
    if (
      rank < 1 ||
      grid.shape.length !== x.shape.length ||
      grid.shape[0] !== x.shape[0] ||
      grid.shape[rank + 1] !== rank
    ) {
      throw new RangeError(`GridSample cannot sample ${formatShape(x.shape)} at a grid of ${formatShape(grid.shape)}`);
    }
    if (!["linear", "nearest", "cubic"].includes(mode))
      throw new RangeError(`GridSample does not support the mode ${mode}`);
    if (!["zeros", "border", "reflection"].includes(padding_mode))
      throw new RangeError(`GridSample does not support the padding_mode ${padding_mode}`);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)] }];
  },
  from: [abs, add, cast, clip, equal, expand, floor, gatherElements, mul, reshape, round, slice, sub],
  compose: (b, [x, grid], options) => {
    const [batch, channels, ...image] = imageShape(x.shape);
    const points = sizeOf(grid.shape.slice(1, -1));
    const coordinates = b.cast(b.reshape(grid, [batch, points, image.length]), x.dtype);
    const strides = stridesOf(image);
    const flat = b.reshape(x, [batch, channels, sizeOf(image)]);
    const perAxis = image.map((extent, axis) => {
      const component = image.length - 1 - axis;
      const along = b.reshape(b.slice(coordinates, [2], [component], [component + 1]), [batch, points]);
      return tapsOf(b, along, extent, options).map(({ position: at, weight }): Tap => ({
        position: b.scale(at, strides[axis]!),
        weight,
      }));
    });
    const samples = perAxis
      .reduce((all, taps) => all.flatMap((one) => taps.map((other) => both(b, one, other))))
      .map(({ position, weight }) => {
        const index = b.expand(b.cast(b.reshape(position, [batch, 1, points]), "int64"), [batch, channels, points]);
        const read = b.apply("GatherElements", [flat, index], { axis: 2 });
        return weight ? b.mul(read, b.reshape(weight, [batch, 1, points])) : read;
      });
    const sum = samples.reduce((total, sample) => b.add(total, sample));
    return [b.reshape(sum, [batch, channels, ...grid.shape.slice(1, -1)])];
  },
});

const both = (b: Builder, one: Tap, other: Tap): Tap => ({
  position: b.add(one.position, other.position),
  weight: one.weight && other.weight ? b.mul(one.weight, other.weight) : (one.weight ?? other.weight),
});

function tapsOf(b: Builder, along: Value, extent: number, options: Options): readonly Tap[] {
  // −1 and 1 are the centres of the outer pixels, or their outer edges.
  const half = options.align_corners ? (extent - 1) / 2 : extent / 2;
  const raw = b.shift(b.scale(along, half), (extent - 1) / 2);
  const within = options.padding_mode === "zeros" ? raw : inside(b, raw, extent, options);
  const tap = (position: Value, weight?: Value): Tap => {
    const held =
      options.padding_mode === "reflection"
        ? b.apply("Round", [reflect(b, position, extent, options.align_corners)])
        : position;
    const safe = b.apply("Clip", [held], { min: 0, max: extent - 1 });
    if (options.padding_mode !== "zeros") return { position: safe, weight };
    const seen = b.mask(b.apply("Equal", [held, safe]), along.dtype);
    return { position: safe, weight: weight ? b.mul(weight, seen) : seen };
  };
  if (options.mode === "nearest") return [tap(b.apply("Round", [within]))];
  const base = b.apply("Floor", [within]);
  const t = b.sub(within, base);
  const rest = b.sub(b.scalar(1, t.dtype), t);
  if (options.mode === "linear") return [tap(base, rest), tap(b.shift(base, 1), t)];
  return [far(b, b.shift(t, 1)), near(b, t), near(b, rest), far(b, b.shift(rest, 1))].map((weight, i) =>
    tap(b.shift(base, i - 1), weight),
  );
}

/** Cubic convolution (Keys 1981) with a = −3/4: ((a + 2)t − (a + 3))t² + 1 up to 1, a(((t − 5)t + 8)t − 4) up to 2. */
const near = (b: Builder, t: Value): Value => b.shift(b.mul(b.shift(b.scale(t, 1.25), -2.25), b.mul(t, t)), 1);
const far = (b: Builder, t: Value): Value =>
  b.scale(b.shift(b.mul(b.shift(b.mul(b.shift(t, -5), t), 8), t), -4), -0.75);

/** Beyond the outer centres the value stays, except where the cubic kernel reaches over them; at a kink no slope is taken, as in PyTorch. */
function inside(b: Builder, x: Value, extent: number, options: Options): Value {
  const within = options.padding_mode === "border" ? x : reflect(b, x, extent, options.align_corners);
  return options.padding_mode === "reflection" && options.mode === "cubic"
    ? within
    : b.apply("Clip", [within], { min: 0, max: extent - 1 });
}

/** A triangle wave between the centres, or the outer edges, of the outer pixels. */
function reflect(b: Builder, x: Value, extent: number, centres: boolean): Value {
  const low = centres ? 0 : -0.5;
  const range = centres ? extent - 1 : extent;
  if (range === 0) return b.scale(x, 0);
  const turns = b.apply("Floor", [b.scale(b.shift(x, -low), 1 / (2 * range))]);
  const phase = b.sub(b.shift(x, -low), b.scale(turns, 2 * range));
  return b.sub(b.scalar(low + range, x.dtype), b.apply("Abs", [b.shift(phase, -range)]));
}
