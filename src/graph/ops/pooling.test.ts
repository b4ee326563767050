import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { AttributeValue } from "../graph.ts";
import { prune } from "../prune.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

type Attributes = Readonly<Record<string, AttributeValue>>;

/** All different, a fifth apart: no difference quotient crosses a change of the maximum. */
function distinct(shape: Shape, seed = 5): Array64 {
  const random = new Random(seed);
  const ranked = Array.from({ length: sizeOf(shape) }, (_, i) => [random.uniform(), i] as const).sort(
    ([x], [y]) => x - y,
  );
  return array64(
    "float64",
    shape,
    ranked.map(([, rank]) => rank / 5),
  );
}

const run = (op: string, x: Array64, attributes: Attributes): Array64 => {
  const b = new Builder(operators);
  return [
    ...evaluate(b.finish([b.apply(op, [b.input("x", x)], attributes)]), new Map([["x", x]]), operators).values(),
  ][0]!;
};

/** The gradient of Σ (1, 2, 3, …)·y. */
function gradient(op: string, x: Array64, attributes: Attributes): Float64Array {
  const b = new Builder(operators);
  const y = b.apply(op, [b.input("x", x)], attributes);
  const cotangent = b.input("dy", { dtype: "float64", shape: y.shape });
  const [grad] = differentiate(b, [{ of: y, cotangent }], [b.value("x")]);
  const dy = array64(
    "float64",
    y.shape,
    Float64Array.from({ length: sizeOf(y.shape) }, (_, i) => i + 1),
  );
  return evaluate(
    prune(b.finish([grad!])),
    new Map([
      ["x", x],
      ["dy", dy],
    ]),
    operators,
  ).get(grad!.name)!.data;
}

const windows: readonly (readonly [string, Shape, Attributes])[] = [
  ["one axis, overlapping", [2, 2, 7], { kernel_shape: [3], strides: [2], pads: [1, 1] }],
  ["tiles", [1, 2, 4, 6], { kernel_shape: [2, 3], strides: [2, 3] }],
  ["3×3 by 2 with pads", [1, 2, 5, 6], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ["3×3 by 2, a last window over the edge", [1, 1, 6, 6], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: true }],
  ["asymmetric pads", [1, 1, 5, 5], { kernel_shape: [2, 3], strides: [2, 2], pads: [0, 1, 1, 0] }],
  ["dilated, strides 1 and 3", [1, 1, 7, 8], { kernel_shape: [3, 2], strides: [1, 3], dilations: [2, 3] }],
  ["a stride beyond the window", [1, 1, 7, 7], { kernel_shape: [2, 2], strides: [3, 3] }],
  ["the whole image", [2, 2, 3, 4], { kernel_shape: [3, 4] }],
  ["three axes", [1, 1, 4, 3, 5], { kernel_shape: [2, 3, 2], strides: [2, 1, 2], pads: [0, 1, 0, 0, 1, 1] }],
];

for (const [what, shape, attributes] of windows) {
  test(`MaxPool, ${what}: gradient and second order agree with differences`, () => {
    checkGradient({ operators, build: applying("MaxPool", attributes), inputs: [distinct(shape)], order: 2 });
  });
  for (const count_include_pad of [false, true]) {
    test(`AveragePool, ${what}, ${count_include_pad ? "padding counted" : "padding not counted"}: gradient and second order`, () => {
      checkGradient({
        operators,
        build: applying("AveragePool", { ...attributes, count_include_pad }),
        inputs: [distinct(shape)],
        order: 2,
      });
    });
  }
  test(`MaxPool, ${what}: of equal values the first in row-major order gets the cotangent`, () => {
    const random = new Random(9);
    for (let trial = 0; trial < 5; trial++) {
      const x = array64(
        "float64",
        shape,
        Float64Array.from({ length: sizeOf(shape) }, () => Math.floor(random.uniform(0, 3))),
      );
      // A slope too small to change any order but that of ties, which then have the first on top.
      const tilted = array64(
        "float64",
        shape,
        x.data.map((value, i) => value - i * 1e-6),
      );
      assert.deepEqual(gradient("MaxPool", x, attributes), gradient("MaxPool", tilted, attributes));
    }
  });
}

test("global pooling: gradients, and ties to the first", () => {
  for (const op of ["GlobalMaxPool", "GlobalAveragePool"])
    checkGradient({ operators, build: applying(op), inputs: [distinct([2, 3, 2, 3])], order: 2 });
  const flat = array64("float64", [1, 2, 2, 2], [1, 3, 3, 0, -1, -1, -1, -1]);
  assert.deepEqual([...gradient("GlobalMaxPool", flat, {})], [0, 1, 0, 0, 2, 0, 0, 0]);
});

test("a window that hangs over the end averages what is there; one that would start in the padding is left out", () => {
  const x = array64("float64", [1, 1, 6], [1, 2, 3, 4, 5, 6]);
  const attributes = { kernel_shape: [3], strides: [3], pads: [1, 1], ceil_mode: true };
  assert.deepEqual([...run("AveragePool", x, attributes).data], [1.5, 4, 6]);
  assert.deepEqual([...run("AveragePool", x, { ...attributes, count_include_pad: true }).data], [1, 4, 3]);
  assert.deepEqual(
    run("MaxPool", array64("float64", [1, 1, 2], [1, 2]), {
      kernel_shape: [1],
      strides: [2],
      pads: [0, 0],
      ceil_mode: true,
    }).shape,
    [1, 1, 1],
  );
});

test("negative values win over padding, and NaN over all", () => {
  const attributes = { kernel_shape: [2], strides: [2], pads: [1, 1] };
  assert.deepEqual(
    [...run("MaxPool", array64("float64", [1, 1, 4], [-3, -2, NaN, -1]), attributes).data],
    [-3, NaN, -1],
  );
});

test("a file that claims a million million taps costs no more than its image", () => {
  const x = array64("float64", [1, 1, 3], [1, 5, 3]);
  const claims = { kernel_shape: [1e12], pads: [5e11, 5e11] };
  assert.deepEqual([...run("MaxPool", x, claims).data], [5, 5, 5, 5]);
  assert.deepEqual([...run("AveragePool", x, claims).data], [3, 3, 3, 3]);
  assert.throws(() => gradient("MaxPool", x, claims), /MaxPool's gradient over a window of \[1000000000000\]/);
});
