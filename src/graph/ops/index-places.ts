/** Where indices point: for each element that is gathered or scattered, its flat place in the indexed tensor. */
import { sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import type { Array64 } from "../array64.ts";
import { fillIndex } from "./lanes.ts";
import { demandType } from "./operands.ts";

/** Negative indices count from the end. */
export function resolveIndex(op: string, index: number, extent: number): number {
  const positive = index < 0 ? index + extent : index;
  if (!(positive >= 0 && positive < extent))
    throw new RangeError(`${op} meets the index ${index} where there are ${extent} places`);
  return positive;
}

export const demandIndices = (op: string, indices: TensorType): TensorType => demandType(op, indices, "int64", "int32");

/** One index an element, along `axis`: GatherElements and ScatterElements. */
export function elementPlaces(op: string, shape: Shape, indices: Array64, axis: number): Int32Array {
  const places = new Int32Array(indices.data.length);
  if (shape.length === 0) return places;
  const strides = stridesOf(shape);
  fillIndex(
    places,
    indices.shape,
    strides.map((stride, i) => (i === axis ? 0 : stride)),
  );
  for (let i = 0; i < places.length; i++)
    places[i]! += resolveIndex(op, indices.data[i]!, shape[axis]!) * strides[axis]!;
  return places;
}

/** One tuple of coordinates a slice, after `batchDims` axes that run along: GatherND and ScatterND. */
export function tuplePlaces(op: string, shape: Shape, indices: Array64, batchDims = 0): Int32Array {
  const depth = indices.shape.at(-1)!;
  const tuples = sizeOf(indices.shape.slice(0, -1));
  const strides = stridesOf(shape);
  const slice = sizeOf(shape.slice(batchDims + depth));
  const batches = sizeOf(shape.slice(0, batchDims));
  const batchStride = sizeOf(shape.slice(batchDims));
  const places = new Int32Array(tuples * slice);
  for (let tuple = 0; tuple < tuples; tuple++) {
    let place = Math.floor((tuple * batches) / tuples) * batchStride;
    for (let k = 0; k < depth; k++) {
      place += resolveIndex(op, indices.data[tuple * depth + k]!, shape[batchDims + k]!) * strides[batchDims + k]!;
    }
    for (let i = 0; i < slice; i++) places[tuple * slice + i] = place + i;
  }
  return places;
}
