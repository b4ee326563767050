/** Reading at indices. The cotangent of x is added up where it was read; indices have none. */
import { fromFloat64, toNumbers, type TensorType } from "../../tensor/tensor.ts";
import { normalizeAxis, sameShape, sizeOf, type Shape } from "../../tensor/shape.ts";
import type { Array64 } from "../array64.ts";
import { integer } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { gatherAxes, stepping } from "./gather-axes.ts";
import { demandIndices, elementOffsets, resolveIndex, tupleOffsets } from "./index-offsets.ts";
import { pad } from "./slice.ts";
import { gathers, gathersElements, gathersTuples } from "../axes/lookup.ts";

function read(x: Array64, offsets: Int32Array, shape: Shape): Array64 {
  const data = new Float64Array(offsets.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[offsets[i]!]!;
  return { dtype: x.dtype, shape, data };
}

function axisOf(op: string, x: TensorType, axis: number): number {
  if (x.shape.length === 0) throw new RangeError(`${op} needs an axis, and a scalar has none`);
  return normalizeAxis(axis, x.shape.length);
}

/**
 * Whole slices of x along `axis`, one for each index. Backward: ScatterND by addition, or a Pad for one
 * known index. ONNX Gather-13.
 */
export const gather = operator("Gather", {
  attributes: { axis: integer(0) },
  inputs: 2,
  traits: {
    kind: "rearranges",
    looksUp: true,
    // Rows of an embedding have about unit length.
    parameters: { 0: (shape) => (shape.length > 1 ? { kind: "normal", fanIn: 2 * shape.at(-1)! } : undefined) },
  },
  axes: gathers,
  infer: ([x, indices], { axis }) => {
    demandIndices("Gather", indices);
    const along = axisOf("Gather", x, axis);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)] }];
  },
  evaluate: ([x, indices], { axis }, [type]) => {
    const along = normalizeAxis(axis, x.shape.length);
    const chosen = Int32Array.from(indices.data, (index) => resolveIndex("Gather", index, x.shape[along]!));
    const maps = x.shape.map((extent, i) => (i === along ? chosen : stepping(extent, 0, 1)));
    return [{ ...gatherAxes(x, maps), shape: type.shape }];
  },
  backward: ({ inputs: [x, indices], grad, attributes: { axis }, b }) => [
    ungather(b, grad, x.shape, indices, normalizeAxis(axis, x.shape.length)),
    null,
  ],
});

function ungather(b: Builder, grad: Value, shape: Shape, indices: Value, axis: number): Value {
  const known = sizeOf(indices.shape) === 1 ? b.constantOf(indices) : undefined;
  if (known) {
    const index = resolveIndex("Gather", toNumbers(known.load())[0]!, shape[axis]!);
    const row = b.reshape(
      grad,
      shape.map((extent, i) => (i === axis ? 1 : extent)),
    );
    return pad(
      b,
      row,
      shape.map((_, i) => (i === axis ? index : 0)),
      shape.map((extent, i) => (i === axis ? extent - 1 - index : 0)),
    );
  }
  // Slices are scattered along the first axis: the indexed one is brought there and back.
  const span = indices.shape.length;
  const before = shape.slice(0, axis).map((_, i) => i);
  const updates = b.transpose(grad, [
    ...Array.from({ length: span }, (_, i) => axis + i),
    ...before,
    ...shape.slice(axis + 1).map((_, i) => axis + span + i),
  ]);
  const zeros = b.zeros({ dtype: grad.dtype, shape: [shape[axis]!, ...shape.filter((_, i) => i !== axis)] });
  const tuples = b.reshape(b.cast(indices, "int64"), [...indices.shape, 1]);
  const summed = b.apply("ScatterND", [zeros, tuples, updates], { reduction: "add" });
  return b.transpose(
    summed,
    shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i)),
  );
}

/** y[…i…] = x[…indices[…i…]…] along `axis`. Backward: ScatterElements by addition. ONNX GatherElements-13. */
export const gatherElements = operator("GatherElements", {
  attributes: { axis: integer(0) },
  inputs: 2,
  traits: { kind: "rearranges", looksUp: true },
  axes: gathersElements,
  infer: ([x, indices], { axis }) => {
    demandIndices("GatherElements", indices);
    const along = axisOf("GatherElements", x, axis);
    if (
      indices.shape.length !== x.shape.length ||
      indices.shape.some((extent, i) => i !== along && extent > x.shape[i]!)
    ) {
      throw new RangeError(
        `GatherElements cannot read [${x.shape.join(", ")}] at indices of [${indices.shape.join(", ")}] along axis ${along}`,
      );
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  evaluate: ([x, indices], { axis }) => [
    read(x, elementOffsets("GatherElements", x.shape, indices, normalizeAxis(axis, x.shape.length)), indices.shape),
  ],
  backward: ({ inputs: [x, indices], grad, attributes: { axis }, b }) => [
    b.apply("ScatterElements", [b.zeros({ dtype: grad.dtype, shape: x.shape }), indices, grad], {
      axis,
      reduction: "add",
    }),
    null,
  ],
});

/**
 * The slices of x at tuples of coordinates, the last axis of `indices`; the first `batch_dims` axes of
 * both run along together. Backward: ScatterND by addition, the tuples completed by their batch. ONNX GatherND-13.
 */
export const gatherND = operator("GatherND", {
  attributes: { batch_dims: integer(0) },
  inputs: 2,
  traits: { kind: "rearranges", looksUp: true },
  axes: gathersTuples,
  infer: ([x, indices], { batch_dims: batch }) => {
    demandIndices("GatherND", indices);
    const depth = indices.shape.at(-1);
    const together = sameShape(x.shape.slice(0, batch), indices.shape.slice(0, batch));
    if (depth === undefined || batch + depth > x.shape.length || batch >= indices.shape.length || !together) {
      throw new RangeError(
        `GatherND cannot read [${x.shape.join(", ")}] at tuples of [${indices.shape.join(", ")}] with ${batch} batch axes`,
      );
    }
    return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] }];
  },
  evaluate: ([x, indices], { batch_dims: batch }, [type]) => [
    read(x, tupleOffsets("GatherND", x.shape, indices, batch), type.shape),
  ],
  backward: ({ inputs: [x, indices], grad, attributes: { batch_dims: batch }, b }) => {
    const tuples =
      batch === 0 ? indices : b.concat([batchCoordinates(b, indices, batch), indices], indices.shape.length - 1);
    return [
      b.apply("ScatterND", [b.zeros({ dtype: grad.dtype, shape: x.shape }), tuples, grad], { reduction: "add" }),
      null,
    ];
  },
});

/** For each tuple, the coordinates of its batch. */
function batchCoordinates(b: Builder, indices: Value, batch: number): Value {
  const extents = indices.shape.slice(0, batch);
  const tuples = sizeOf(indices.shape.slice(0, -1));
  const perBatch = tuples / Math.max(1, sizeOf(extents));
  const coordinates = new Float64Array(tuples * batch);
  for (let tuple = 0; tuple < tuples; tuple++) {
    let rest = Math.floor(tuple / perBatch);
    for (let k = batch - 1; k >= 0; k--) {
      coordinates[tuple * batch + k] = rest % extents[k]!;
      rest = Math.floor(rest / extents[k]!);
    }
  }
  return b.tensor(fromFloat64("int64", [...indices.shape.slice(0, -1), batch], coordinates));
}
