/** Enlarging and shrinking images along any axes. */
import { formatShape, normalizeAxis, sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { array64, type Array64 } from "../array64.ts";
import { flag, float, floats, integers, maybe, text, type AttributesOf } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { axisRows, type AxisRow } from "./resampling.ts";
import { resizes } from "../axes/window.ts";

const attributes = {
  mode: text("nearest"),
  coordinate_transformation_mode: text("half_pixel"),
  nearest_mode: text("round_prefer_floor"),
  cubic_coeff_a: float(-0.75),
  exclude_outside: flag(false),
  extrapolation_value: float(0),
  antialias: flag(false),
  keep_aspect_ratio_policy: text("stretch"),
  axes: maybe(integers()),
  roi: maybe(floats(undefined, { input: 1, inputType: "like-first" })),
  scales: maybe(floats(undefined, { input: 2, inputType: "float32" })),
  sizes: maybe(integers(undefined, { input: 3 })),
};

type ResizeAttributes = AttributesOf<typeof attributes>;

/**
 * Resampling axis by axis, each a linear map: y = (M₁ ⊗ M₂ ⊗ …) x. Backward: dx = (M₁ᵀ ⊗ M₂ᵀ ⊗ …) dy, as sums
 * over tiles where pixels are repeated whole times, else as products with constant matrices. ONNX Resize-19.
 */
export const resize = operator("Resize", {
  attributes,
  inputs: 1,
  traits: { kind: "pools", holdsSizes: true },
  axes: resizes,
  infer: ([x], given) => [{ dtype: x.dtype, shape: plan(x.shape, given).shape }],
  evaluate: ([x], given, [{ shape }]) => [evaluateResize(x, shape, given)],
  backward: ({ inputs: [x], grad, attributes: given, b }) => [adjoint(b, grad, x.shape, given)],
});

interface AxisPlan {
  readonly axis: number;
  readonly scale: number;
  readonly region: readonly [number, number];
}

/** The new shape, and the axes whose samples move: with a cropping mode also those that keep their extent. */
function plan(shape: Shape, given: ResizeAttributes): { readonly shape: Shape; readonly axes: readonly AxisPlan[] } {
  const axes = (given.axes ?? shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, shape.length));
  const { scales, sizes, roi = [...axes.map(() => 0), ...axes.map(() => 1)] } = given;
  if ((scales === undefined) === (sizes === undefined)) throw new RangeError("Resize needs either scales or sizes");
  const wanted = (scales ?? sizes)!;
  if (wanted.length !== axes.length || roi.length !== 2 * axes.length || wanted.some((value) => !(value > 0))) {
    throw new RangeError(
      `Resize needs one positive ${scales ? "scale" : "size"} for each of ${axes.length} axes of ${formatShape(shape)}, not [${wanted.join(", ")}]`,
    );
  }
  const policy = given.keep_aspect_ratio_policy;
  const ratios = axes.map((axis, i) => (scales ? scales[i]! : sizes![i]! / shape[axis]!));
  const common = sizes && policy !== "stretch" ? Math[policy === "not_larger" ? "min" : "max"](...ratios) : undefined;
  const out = [...shape];
  axes.forEach((axis, i) => {
    out[axis] = scales
      ? Math.floor(shape[axis]! * scales[i]!)
      : common === undefined
        ? sizes![i]!
        : Math.floor(shape[axis]! * common + 0.5);
  });
  const crops = given.coordinate_transformation_mode === "tf_crop_and_resize";
  const plans = axes.map((axis, i): AxisPlan => ({
    axis,
    scale: common ?? ratios[i]!,
    region: crops ? [roi[i]!, roi[axes.length + i]!] : [0, 1],
  }));
  return {
    shape: out,
    axes: plans.filter(
      ({ axis, scale, region: [start, end] }) => scale !== 1 || out[axis] !== shape[axis] || start !== 0 || end !== 1,
    ),
  };
}

const rowsOf = (
  extent: number,
  count: number,
  { scale, region }: AxisPlan,
  given: ResizeAttributes,
): readonly AxisRow[] =>
  axisRows(extent, count, {
    mode: given.mode,
    coordinates: given.coordinate_transformation_mode,
    nearest: given.nearest_mode,
    cubicA: given.cubic_coeff_a,
    excludeOutside: given.exclude_outside,
    antialias: given.antialias,
    scale,
    region,
  });

function evaluateResize(x: Array64, to: Shape, given: ResizeAttributes): Array64 {
  let { data, shape } = x;
  const outside: (readonly [number, readonly AxisRow[]])[] = [];
  for (const axisPlan of plan(x.shape, given).axes) {
    const { axis } = axisPlan;
    const rows = rowsOf(shape[axis]!, to[axis]!, axisPlan, given);
    if (rows.some((row) => row.outside)) outside.push([axis, rows]);
    data = applyRows(data, shape, axis, rows);
    shape = shape.map((extent, i) => (i === axis ? to[axis]! : extent));
  }
  for (const [axis, rows] of outside) {
    const inner = sizeOf(to.slice(axis + 1));
    for (let i = 0; i < data.length; i++)
      if (rows[Math.floor(i / inner) % rows.length]!.outside) data[i] = given.extrapolation_value;
  }
  return array64(x.dtype, to, data);
}

function applyRows(x: Float64Array, shape: Shape, axis: number, rows: readonly AxisRow[]): Float64Array {
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const y = new Float64Array(outer * rows.length * inner);
  for (let o = 0; o < outer; o++) {
    for (let r = 0; r < rows.length; r++) {
      const { indices, weights } = rows[r]!;
      const to = (o * rows.length + r) * inner;
      for (let t = 0; t < indices.length; t++) {
        const from = (o * shape[axis]! + indices[t]!) * inner;
        const weight = weights[t]!;
        for (let i = 0; i < inner; i++) y[to + i]! += weight * x[from + i]!;
      }
    }
  }
  return y;
}

function adjoint(b: Builder, grad: Value, shape: Shape, given: ResizeAttributes): Value {
  const axes = plan(shape, given).axes.map((axisPlan) => ({
    axis: axisPlan.axis,
    rows: rowsOf(shape[axisPlan.axis]!, grad.shape[axisPlan.axis]!, axisPlan, given),
  }));
  const repeats = shape.map((extent, axis) => grad.shape[axis]! / extent);
  const tiles =
    shape.length === 4 &&
    axes.every(
      ({ axis, rows }) =>
        axis >= 2 &&
        rows.every(({ indices: [i], weights }, o) => weights.length === 1 && i === Math.floor(o / repeats[axis]!)),
    );
  if (tiles && repeats.every(Number.isInteger)) {
    const kernel = repeats.slice(2);
    return b.scale(b.apply("AveragePool", [grad], { kernel_shape: kernel, strides: kernel }), sizeOf(kernel));
  }
  return axes.reduce((cotangent, { axis, rows }) => multiplyAlong(b, cotangent, axis, shape[axis]!, rows), grad);
}

/** Σ over the outputs of one axis of their weights: a matrix product on that axis. */
function multiplyAlong(b: Builder, x: Value, axis: number, extent: number, rows: readonly AxisRow[]): Value {
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const result = x.shape.map((old, i) => (i === axis ? extent : old));
  const matrix = new Float64Array(extent * rows.length);
  const last = inner === 1;
  rows.forEach(({ indices, weights }, o) =>
    indices.forEach((i, t) => {
      matrix[last ? o * extent + i : i * rows.length + o]! += weights[t]!;
    }),
  );
  const constant = b.tensor(fromFloat64(x.dtype, last ? [rows.length, extent] : [extent, rows.length], matrix));
  if (last) return b.reshape(b.matmul(b.reshape(x, [outer, rows.length]), constant), result);
  return b.reshape(b.matmul(constant, b.reshape(x, [outer, rows.length, inner])), result);
}
