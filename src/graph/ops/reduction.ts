/**
 * Reductions over axes. Absent or empty `axes` mean all of them, as in ONNX; a reduction over
 * nothing at all is an Identity, which the importer makes of `noop_with_empty_axes`.
 */
import { isFloat } from "../../tensor/dtype.ts";
import { normalizeAxis, sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import { flag, integers, maybe } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { wrapInteger } from "./integers.ts";
import { fillIndex } from "./along-axis.ts";
import { demandNumber } from "./operands.ts";
import { reduces } from "../axes/reduce.ts";

type Axes = readonly number[] | undefined;

interface Law {
  readonly start: number;
  readonly step: (accumulated: number, value: number) => number;
  /** Applied to the result with the number of elements that it took. */
  readonly finish?: (accumulated: number, count: number) => number;
  /** dx from x, y and dy, the latter two with their reduced axes kept as 1. */
  readonly backward: (b: Builder, x: Value, y: Value, dy: Value, axes: readonly number[]) => Value;
}

const reduction = (name: string, { start, step, finish = (value) => value, backward }: Law) =>
  operator(name, {
    attributes: { axes: maybe(integers(undefined, { input: 1 })), keepdims: flag(true) },
    inputs: 1,
    traits: { kind: "reduces" },
    axes: reduces,
    infer: ([x], { axes, keepdims }) => {
      const { dtype, shape } = demandNumber(name, x);
      return [{ dtype, shape: reducedShape(shape, allAxes(shape, axes), keepdims) }];
    },
    evaluate: ([x], { axes }, [type]) => {
      const reduced = allAxes(x.shape, axes);
      const data = new Float64Array(sizeOf(type.shape)).fill(start);
      const to = targets(x.shape, reduced);
      for (let i = 0; i < to.length; i++) data[to[i]!] = step(data[to[i]!]!, x.data[i]!);
      const count = reduced.reduce((n, axis) => n * x.shape[axis]!, 1);
      const close = isFloat(x.dtype) ? finish : (value: number, n: number) => wrapInteger(finish(value, n), x.dtype);
      for (let i = 0; i < data.length; i++) data[i] = close(data[i]!, count);
      return [{ dtype: x.dtype, shape: type.shape, data }];
    },
    backward: ({ inputs: [x], outputs: [y], grad, attributes: { axes }, b }) => {
      if (sizeOf(x.shape) === 0) return [b.zeros(x)];
      const reduced = allAxes(x.shape, axes);
      const kept = reducedShape(x.shape, reduced, true);
      return [backward(b, x, b.reshape(y, kept), b.reshape(grad, kept), reduced)];
    },
  });

function allAxes(shape: Shape, axes: Axes): readonly number[] {
  if (axes === undefined || axes.length === 0) return shape.map((_, axis) => axis);
  const positive = axes.map((axis) => normalizeAxis(axis, shape.length));
  if (new Set(positive).size !== positive.length) throw new RangeError(`axes [${axes.join(", ")}] name one twice`);
  return shape.length === 0 ? [] : positive.sort((p, q) => p - q);
}

const reducedShape = (shape: Shape, axes: readonly number[], keepdims: boolean): Shape =>
  keepdims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));

/** For each element, in order, the element of the reduced tensor it goes to. */
function targets(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = stridesOf(reducedShape(shape, axes, true));
  const index = new Int32Array(sizeOf(shape));
  fillIndex(
    index,
    shape,
    shape.map((_, axis) => (axes.includes(axis) ? 0 : strides[axis]!)),
  );
  return index;
}

const countOf = (x: Value, axes: readonly number[]): number => axes.reduce((n, axis) => n * x.shape[axis]!, 1);

/** Σ x. Backward: dy at every element. ONNX ReduceSum-13. */
export const reduceSum = reduction("ReduceSum", {
  start: 0,
  step: (sum, value) => sum + value,
  backward: (b, x, _y, dy) => b.expand(dy, x.shape),
});

/** Σ x / n. Backward: dy/n at every element; divided, because 1/n as a float32 constant would be 1e-8 off in the reference too. ONNX ReduceMean-18. */
export const reduceMean = reduction("ReduceMean", {
  start: 0,
  step: (sum, value) => sum + value,
  finish: (sum, count) => sum / count,
  backward: (b, x, _y, dy, axes) => b.expand(b.div(dy, b.scalar(countOf(x, axes), dy.dtype)), x.shape),
});

/** Extremes share the cotangent evenly, as torch.amax does: the gradient does not depend on an order of elements. */
function shareAmongExtremes(b: Builder, x: Value, y: Value, dy: Value, axes: readonly number[]): Value {
  const mask = b.mask(b.apply("Equal", [x, y]), dy.dtype);
  return b.mul(mask, b.div(dy, b.sum(mask, axes, true)));
}

/** max x, NaN if any is, −∞ of nothing. Ties share the cotangent evenly. ONNX ReduceMax-20. */
export const reduceMax = reduction("ReduceMax", { start: -Infinity, step: Math.max, backward: shareAmongExtremes });

/** min x, NaN if any is, ∞ of nothing. Ties share the cotangent evenly. ONNX ReduceMin-20. */
export const reduceMin = reduction("ReduceMin", { start: Infinity, step: Math.min, backward: shareAmongExtremes });

/** Π x. Backward: dxᵢ = dy·Π_{j≠i} xⱼ, without dividing, so zeros are exact in every order. ONNX ReduceProd-18. */
export const reduceProd = reduction("ReduceProd", {
  start: 1,
  step: (product, value) => product * value,
  backward: (b, x, _y, dy, axes) => b.mul(dy, productOfOthers(b, x, axes)),
});

/**
 * Π_{j≠i} xⱼ over `axes`: the product of all before times the product of all after, each built by
 * doubling (Hillis and Steele 1986): ⌈log₂ n⌉ shifted products.
 */
function productOfOthers(b: Builder, x: Value, axes: readonly number[]): Value {
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const perm = [...rest, ...axes];
  const moved = b.transpose(x, perm);
  const count = countOf(x, axes);
  const rows = b.reshape(moved, [sizeOf(rest.map((axis) => x.shape[axis]!)), count]);
  const others = b.reshape(b.mul(runningProduct(b, rows, count, 1), runningProduct(b, rows, count, -1)), moved.shape);
  return b.transpose(
    others,
    x.shape.map((_, axis) => perm.indexOf(axis)),
  );
}

/** For each element of a row, the product of those before it (`direction` 1) or after it (−1). */
function runningProduct(b: Builder, rows: Value, count: number, direction: 1 | -1): Value {
  const shifted = (x: Value, by: number): Value => {
    const ones = b.expand(b.scalar(1, x.dtype), [x.shape[0]!, by]);
    return direction === 1
      ? b.concat([ones, b.slice(x, [1], [0], [count - by])], 1)
      : b.concat([b.slice(x, [1], [by], [count]), ones], 1);
  };
  if (count === 0) return rows;
  let product = shifted(rows, 1);
  for (let span = 1; span < count - 1; span *= 2) product = b.mul(product, shifted(product, span));
  return product;
}
