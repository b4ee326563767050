/** Rearranging elements without computing: every backward law is the adjoint rearrangement. */
import { broadcastShapes, normalizeAxis, sameShape, sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import type { Array64 } from "../array64.ts";
import { flag, integer, integers, maybe } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { bias } from "../traits.ts";
import { gatherAxes } from "./gather-axes.ts";
import { broadcastIndex, fillIndex } from "./along-axis.ts";
import { demandSameType } from "./operands.ts";
import { keeps } from "../axes/combine.ts";
import { concatenates } from "../axes/pieces.ts";
import { expands, reshapes, tiles, transposes } from "../axes/reshape.ts";

/** x. Names a value once more. ONNX Identity-21. */
export const identity = operator("Identity", {
  attributes: {},
  inputs: 1,
  traits: { kind: "rearranges", keepsOrder: true },
  axes: keeps,
  infer: ([x]) => [x],
  evaluate: ([x]) => [x],
  backward: ({ grad }) => [grad],
});

/**
 * The same elements in the same order under another shape; one extent may be −1, "what remains".
 * A 0 means 0 (`allowzero`): the importer resolves ONNX's "0 copies the extent". ONNX Reshape-21.
 */
export const reshape = operator("Reshape", {
  attributes: { shape: integers(undefined, { input: 1 }), allowzero: flag(true) },
  inputs: 1,
  traits: { kind: "rearranges", keepsOrder: true, holdsSizes: true },
  axes: reshapes,
  infer: ([x], { shape }) => [{ dtype: x.dtype, shape: resolveShape(x.shape, shape) }],
  evaluate: ([x], _attributes, [type]) => [{ ...x, shape: type.shape }],
  backward: ({ inputs: [x], grad, b }) => [b.reshape(grad, x.shape)],
});

function resolveShape(from: Shape, to: Shape): Shape {
  const size = sizeOf(from);
  const known = to.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const wild = to.filter((extent) => extent === -1).length;
  const shape = wild === 1 && known > 0 ? to.map((extent) => (extent === -1 ? size / known : extent)) : to;
  if (sizeOf(shape) !== size || shape.some((extent) => !Number.isInteger(extent) || extent < 0)) {
    throw new RangeError(`Reshape cannot make [${to.join(", ")}] of [${from.join(", ")}]`);
  }
  return shape;
}

/**
 * Axis i of the result is axis permᵢ of x; reversed if `perm` is absent. Backward: the inverse
 * permutation. ONNX Transpose-21.
 */
export const transpose = operator("Transpose", {
  attributes: { perm: maybe(integers()) },
  inputs: 1,
  traits: {
    kind: "rearranges",
    view: (shape, { perm = reversed(shape) }) => {
      const strides = stridesOf(shape);
      return { offset: 0, shape: perm.map((axis) => shape[axis]!), strides: perm.map((axis) => strides[axis]!) };
    },
  },
  axes: transposes,
  infer: ([x], { perm = reversed(x.shape) }) => {
    const rank = x.shape.length;
    if (perm.length !== rank || x.shape.some((_, axis) => !perm.includes(axis))) {
      throw new RangeError(
        `Transpose by [${perm.join(", ")}] does not permute the ${rank} axes of [${x.shape.join(", ")}]`,
      );
    }
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]!) }];
  },
  evaluate: ([x], { perm = reversed(x.shape) }, [type]) => {
    const strides = stridesOf(x.shape);
    const from = new Int32Array(x.data.length);
    fillIndex(
      from,
      type.shape,
      perm.map((axis) => strides[axis]!),
    );
    return [pick(x, from, type.shape)];
  },
  backward: ({ inputs: [x], grad, attributes: { perm = reversed(x.shape) }, b }) => [
    b.transpose(
      grad,
      x.shape.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
});

const reversed = (shape: Shape): readonly number[] => shape.map((_, axis) => shape.length - 1 - axis);

function pick(x: Array64, from: Int32Array, shape: Shape): Array64 {
  const data = new Float64Array(from.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[from[i]!]!;
  return { dtype: x.dtype, shape, data };
}

/** x broadcast with `shape`, by the rule of both directions. Backward: sums over the new elements. ONNX Expand-13. */
export const expand = operator("Expand", {
  attributes: { shape: integers(undefined, { input: 1 }) },
  inputs: 1,
  traits: { kind: "rearranges", holdsSizes: true },
  axes: expands,
  infer: ([x], { shape }) => {
    const result = broadcastShapes(x.shape, shape);
    if (result === undefined)
      throw new RangeError(`Expand cannot broadcast [${x.shape.join(", ")}] to [${shape.join(", ")}]`);
    return [{ dtype: x.dtype, shape: result }];
  },
  evaluate: ([x], _attributes, [type]) => [pick(x, broadcastIndex(x.shape, type.shape), type.shape)],
  backward: ({ inputs: [x], grad, b }) => [b.unbroadcast(grad, x.shape)],
});

/** The inputs one after the other along `axis`. Backward: each gets its slice. ONNX Concat-13. */
export const concat = operator("Concat", {
  attributes: { axis: integer() },
  inputs: [1, Infinity],
  traits: {
    kind: "rearranges",
    // What is joined to activations is learned, e.g. the class token of a vision transformer, which starts at 0.
    parameters: bias,
  },
  axes: (flow, { axis }) => concatenates(flow, normalizeAxis(axis, flow.outputShapes[0]!.length)),
  infer: (inputs, { axis }) => {
    const dtype = demandSameType("Concat", inputs);
    const first = inputs[0]!.shape;
    const along = normalizeAxis(axis, first.length);
    const without = (shape: Shape): Shape => shape.filter((_, i) => i !== along);
    for (const { shape } of inputs) {
      if (shape.length !== first.length || first.length === 0 || !sameShape(without(shape), without(first))) {
        throw new RangeError(`Concat along axis ${along} cannot join [${first.join(", ")}] and [${shape.join(", ")}]`);
      }
    }
    const extent = inputs.reduce((sum, { shape }) => sum + shape[along]!, 0);
    return [{ dtype, shape: first.map((e, i) => (i === along ? extent : e)) }];
  },
  evaluate: (inputs, { axis }, [type]) => {
    const along = normalizeAxis(axis, type.shape.length);
    const outer = sizeOf(type.shape.slice(0, along));
    const data = new Float64Array(sizeOf(type.shape));
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (const { data: from } of inputs) {
        const block = from.length / outer;
        data.set(from.subarray(o * block, (o + 1) * block), at);
        at += block;
      }
    }
    return [{ dtype: inputs[0]!.dtype, shape: type.shape, data }];
  },
  backward: ({ inputs, grad, attributes: { axis }, needs, b }) => {
    const along = normalizeAxis(axis, grad.shape.length);
    let start = 0;
    return inputs.map((x, i) => {
      const from = start;
      start += x.shape[along]!;
      return needs[i] ? b.slice(grad, [along], [from], [start]) : null;
    });
  },
});

/** x repeated `repeats` times along each axis. Backward: sums over the repetitions. ONNX Tile-13. */
export const tile = operator("Tile", {
  attributes: { repeats: integers(undefined, { input: 1 }) },
  inputs: 1,
  traits: { kind: "rearranges" },
  axes: tiles,
  infer: ([x], { repeats }) => {
    if (repeats.length !== x.shape.length || repeats.some((n) => n < 0)) {
      throw new RangeError(
        `Tile needs one repeat of 0 or more for each axis of [${x.shape.join(", ")}], not [${repeats.join(", ")}]`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape.map((extent, axis) => extent * repeats[axis]!) }];
  },
  evaluate: ([x], _attributes, [type]) => [
    gatherAxes(
      x,
      type.shape.map((length, axis) => Int32Array.from({ length }, (_, i) => i % x.shape[axis]!)),
    ),
  ],
  backward: ({ inputs: [x], grad, attributes: { repeats }, b }) => [sumRepetitions(b, grad, x.shape, repeats)],
});

/** Each repeated axis is split into (repeat, extent) and summed over the repeat. */
function sumRepetitions(b: Builder, grad: Value, shape: Shape, repeats: readonly number[]): Value {
  const split: number[] = [];
  const axes: number[] = [];
  shape.forEach((extent, axis) => {
    if (repeats[axis] !== 1) {
      axes.push(split.length);
      split.push(repeats[axis]!);
    }
    split.push(extent);
  });
  return b.sum(b.reshape(grad, split), axes);
}
