import assert from "node:assert/strict";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Sizes } from "../imported.ts";
import { Dimensions } from "./dimensions.ts";
import type { OnnxDimension, OnnxValueInfo } from "./records.ts";

const input = (name: string, ...shape: readonly OnnxDimension[]): OnnxValueInfo => ({
  name,
  kind: "tensor",
  elementType: "float",
  shape,
});
const shapeOf = (sizes: Sizes, ...inputs: readonly OnnxValueInfo[]) => {
  const dimensions = new Dimensions(sizes);
  return inputs.map((info) => dimensions.shapeOf(info));
};
const refused = (sizes: Sizes, ...inputs: readonly OnnxValueInfo[]): GlassboxError => {
  try {
    shapeOf(sizes, ...inputs);
  } catch (error) {
    if (error instanceof GlassboxError && error.kind === "input") return error;
    throw error;
  }
  return assert.fail("nothing was refused");
};

test("a free leading axis is the batch, and the batch is 1 unless it is chosen", () => {
  assert.deepEqual(shapeOf({}, input("x", "batch", 3, 8, 8), input("y", undefined, 4), input("z", 0, 4)), [
    [1, 3, 8, 8],
    [1, 4],
    [1, 4],
  ]);
  assert.deepEqual(shapeOf({ batch: 5 }, input("x", "N", 3)), [[5, 3]]);
  assert.deepEqual(shapeOf({ batch: 5 }, input("x", 1, 3)), [[5, 3]], "a file for one sample is asked for five");
  assert.deepEqual(shapeOf({ batch: 5 }, input("x", 2, 3)), [[2, 3]], "any other size is no batch of one");
});

test("any other free axis is asked for by name, and given by name or by shape", () => {
  assert.match(refused({}, input("ids", "batch", "sequence")).what, /"sequence" \(axis 1\) of the input "ids" is free/);
  assert.match(
    refused({}, input("ids", "sequence", "batch")).what,
    /"sequence" \(axis 0\)/,
    "time in front is no batch",
  );
  assert.match(refused({}, input("ids", "batch", undefined)).hint!, /ids:1=128/);
  assert.deepEqual(
    shapeOf({ dimensions: { sequence: 7 } }, input("ids", "batch", "sequence"), input("mask", "batch", "sequence")),
    [
      [1, 7],
      [1, 7],
    ],
  );
  assert.deepEqual(shapeOf({ dimensions: { "ids:1": 7 } }, input("ids", "batch", undefined)), [[1, 7]]);
  assert.deepEqual(
    shapeOf({ inputShapes: { ids: [2, 7] } }, input("ids", "batch", "sequence"), input("mask", "batch", "sequence")),
    [
      [2, 7],
      [2, 7],
    ],
  );
});

test("what does not fit the file is refused", () => {
  assert.match(
    refused({ inputShapes: { x: [1, 4] } }, input("x", "batch", 3)).what,
    /axis 1 of the input "x" is 3 in the file, not 4/,
  );
  assert.match(refused({ inputShapes: { x: [1] } }, input("x", "batch", 3)).what, /has 2 axes/);
  assert.match(refused({ dimensions: { n: -1 } }, input("x", "n")).what, /cannot be -1/);
  assert.match(
    refused({ inputShapes: { a: [1, 4], b: [1, 5] } }, input("a", "batch", "n_tokens"), input("b", "batch", "n_tokens"))
      .what,
    /4 and 5 at once/,
  );
  assert.match(refused({}, { ...input("x"), shape: undefined }).what, /how many axes/);
});
