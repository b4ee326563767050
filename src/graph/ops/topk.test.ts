import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { Attributes } from "../graph.ts";
import { coreOperators as operators } from "./table.ts";

function topK(shape: readonly number[], values: readonly number[], attributes: Attributes): number[][] {
  const b = new Builder(operators);
  const outputs = b.applyAll("TopK", [b.input("x", { dtype: "float64", shape })], attributes);
  const results = evaluate(b.finish(outputs), new Map([["x", array64("float64", shape, values)]]), operators);
  return outputs.map(({ name }) => [...results.get(name)!.data]);
}

test("values and positions in order; of equals the lower position first", () => {
  assert.deepEqual(topK([5], [3, 1, 4, 1, 5], { k: 3 }), [
    [5, 4, 3],
    [4, 2, 0],
  ]);
  assert.deepEqual(topK([5], [3, 1, 4, 1, 5], { k: 2, largest: false }), [
    [1, 1],
    [1, 3],
  ]);
  assert.deepEqual(topK([4], [2, 2, 2, 2], { k: 2 }), [
    [2, 2],
    [0, 1],
  ]);
  assert.deepEqual(topK([3, 2], [1, 6, 5, 2, 3, 4], { k: 2, axis: 0 }), [
    [5, 6, 3, 4],
    [1, 0, 2, 2],
  ]);
  assert.deepEqual(topK([3], [1, NaN, Infinity], { k: 3 }), [
    [NaN, Infinity, 1],
    [1, 2, 0],
  ]);
  assert.deepEqual(topK([3], [1, NaN, -Infinity], { k: 2, largest: false }), [
    [-Infinity, 1],
    [2, 0],
  ]);
  assert.deepEqual(topK([2], [1, 2], { k: 0 }), [[], []]);
  assert.throws(() => topK([2], [1, 2], { k: 3 }), /cannot take 3 of 2/);
});

test("the gradient goes to the selected positions", () => {
  for (const attributes of [
    { k: 2 },
    { k: 3, axis: 0, largest: false },
    { k: 0, axis: 1 },
    { k: 4, axis: -1, sorted: false },
  ]) {
    const x = array64(
      "float64",
      [3, 4],
      Float64Array.from(new Random(2).permutation(12), (i) => i / 4),
    );
    checkGradient({ operators, build: applying("TopK", attributes), inputs: [x], order: 2 });
  }
});
