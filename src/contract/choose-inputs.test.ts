import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeclaredPort } from "../formats/open.ts";
import { constantOf, explainedInput, leavesSidesFree, shapeAt } from "./choose-inputs.ts";

const input = (name: string, shape: DeclaredPort["shape"], elementType = "float"): DeclaredPort => ({
  name,
  elementType,
  shape,
});

test("of several inputs the picture is explained, else the first of floats; a person decides", () => {
  const ids = input("ids", ["batch", 12], "int64");
  const image = input("image", ["batch", 3, 64, 64], "uint8");
  const table = input("table", ["batch", 9]);
  assert.equal(explainedInput([ids, table, image], undefined).name, "image");
  assert.equal(explainedInput([ids, table], undefined).name, "table");
  assert.equal(explainedInput([ids], undefined).name, "ids");
  assert.equal(explainedInput([ids, table, image], { input: "ids" }).name, "ids");
  assert.throws(() => explainedInput([ids], { input: "picture" }), /input picture, which it does not have.*It has ids/);
});

test("an input that is not explained is 1 if it is a mask, else 0, else what a person says", () => {
  assert.equal(constantOf(input("attention_mask", [1, 4]), undefined).value, 1);
  assert.equal(constantOf(input("ids", [1, 4]), undefined).value, 0);
  assert.deepEqual(constantOf(input("ids", [1, 4]), { constants: { ids: 7 } }), { value: 7, said: true });
});

test("free sizes are filled in: the batch, three channels, the side; a person's size comes first", () => {
  const free = input("x", ["N", "C", "H", "W"]);
  assert.deepEqual(shapeAt(free, 2, 224, undefined), [2, 3, 224, 224]);
  assert.deepEqual(shapeAt(free, 1, 224, { sizes: { H: 96, W: 128 } }), [1, 3, 96, 128]);
  assert.deepEqual(shapeAt(input("x", [1, 3, undefined, ""]), 1, 64, { sizes: { "x:2": 32 } }), [1, 3, 32, 64]);
  assert.deepEqual(shapeAt(input("x", [0, "h", "w", 1]), 1, 28, undefined), [1, 28, 28, 1]);
  assert.equal(leavesSidesFree(free), true);
  assert.equal(leavesSidesFree(input("x", ["N", 3, 224, 224])), false);
  assert.equal(leavesSidesFree(input("x", ["N", "tokens"])), false);
});
