/** The flat offset in the indexed tensor of each element that is gathered or scattered. */
import { sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import type { Array64 } from "../array64.ts";
import { fillIndex } from "./along-axis.ts";
import { demandType } from "./operands.ts";

/** Negative indices count from the end. */
export function resolveIndex(op: string, index: number, extent: number): number {
  const positive = index < 0 ? index + extent : index;
  if (!(positive >= 0 && positive < extent))
    throw new RangeError(`${op} got the index ${index}, but the axis has ${extent} elements`);
  return positive;
}

export const demandIndices = (op: string, indices: TensorType): TensorType => demandType(op, indices, "int64", "int32");

/** One index an element, along `axis`: GatherElements and ScatterElements. */
export function elementOffsets(op: string, shape: Shape, indices: Array64, axis: number): Int32Array {
  const offsets = new Int32Array(indices.data.length);
  if (shape.length === 0) return offsets;
  const strides = stridesOf(shape);
  fillIndex(
    offsets,
    indices.shape,
    strides.map((stride, i) => (i === axis ? 0 : stride)),
  );
  for (let i = 0; i < offsets.length; i++)
    offsets[i]! += resolveIndex(op, indices.data[i]!, shape[axis]!) * strides[axis]!;
  return offsets;
}

/** One tuple of coordinates a slice, after `batchDims` axes that run along: GatherND and ScatterND. */
export function tupleOffsets(op: string, shape: Shape, indices: Array64, batchDims = 0): Int32Array {
  const depth = indices.shape.at(-1)!;
  const tuples = sizeOf(indices.shape.slice(0, -1));
  const strides = stridesOf(shape);
  const slice = sizeOf(shape.slice(batchDims + depth));
  const batches = sizeOf(shape.slice(0, batchDims));
  const batchStride = sizeOf(shape.slice(batchDims));
  const offsets = new Int32Array(tuples * slice);
  for (let tuple = 0; tuple < tuples; tuple++) {
    let offset = Math.floor((tuple * batches) / tuples) * batchStride;
    for (let k = 0; k < depth; k++) {
      offset += resolveIndex(op, indices.data[tuple * depth + k]!, shape[batchDims + k]!) * strides[batchDims + k]!;
    }
    for (let i = 0; i < slice; i++) offsets[tuple * slice + i] = offset + i;
  }
  return offsets;
}
