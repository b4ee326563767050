import assert from "node:assert/strict";
import { test } from "node:test";
import type { DType } from "../../tensor/dtype.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import type { Attributes } from "../graph.ts";
import { coreOperators as operators } from "./table.ts";

function run(
  op: string,
  dtype: DType,
  operands: readonly (readonly number[])[],
  attributes: Attributes = {},
): number[] {
  const b = new Builder(operators);
  const y = b.apply(
    op,
    operands.map((values, i) => b.input(`x${i}`, { dtype, shape: [values.length] })),
    attributes,
  );
  const feeds = new Map(operands.map((values, i) => [`x${i}`, array64(dtype, [values.length], values)]));
  return [...evaluate(b.finish([y]), feeds, operators).get(y.name)!.data];
}

test("comparisons, with NaN unequal and unordered", () => {
  const [x, y] = [
    [1, 2, 3, NaN, -0],
    [2, 2, 2, NaN, 0],
  ];
  assert.deepEqual(run("Equal", "float64", [x, y]), [0, 1, 0, 0, 1]);
  assert.deepEqual(run("Greater", "float64", [x, y]), [0, 0, 1, 0, 0]);
  assert.deepEqual(run("Less", "float64", [x, y]), [1, 0, 0, 0, 0]);
  assert.deepEqual(run("GreaterOrEqual", "float64", [x, y]), [0, 1, 1, 0, 1]);
  assert.deepEqual(run("LessOrEqual", "float64", [x, [2]]), [1, 1, 0, 0, 1]);
});

test("truth tables", () => {
  const operands = [
    [0, 0, 1, 1],
    [0, 1, 0, 1],
  ];
  assert.deepEqual(run("And", "bool", operands), [0, 0, 0, 1]);
  assert.deepEqual(run("Or", "bool", operands), [0, 1, 1, 1]);
  assert.deepEqual(run("Xor", "bool", operands), [0, 1, 1, 0]);
  assert.deepEqual(run("Not", "bool", [[0, 1]]), [1, 0]);
  assert.deepEqual(run("Equal", "bool", operands), [1, 0, 0, 1]);
});

test("IsNaN and IsInf", () => {
  const x = [NaN, Infinity, -Infinity, 1e308];
  assert.deepEqual(run("IsNaN", "float32", [x]), [1, 0, 0, 0]);
  assert.deepEqual(run("IsInf", "float32", [x]), [0, 1, 1, 0]);
  assert.deepEqual(run("IsInf", "float32", [x], { detect_negative: false }), [0, 1, 0, 0]);
});

test("bits, in each width and sign", () => {
  assert.deepEqual(
    run("BitwiseAnd", "int32", [
      [-1, 12],
      [0x7fffffff, 10],
    ]),
    [0x7fffffff, 8],
  );
  assert.deepEqual(run("BitwiseOr", "uint8", [[0xf0], [0x0f]]), [255]);
  assert.deepEqual(
    run("BitwiseXor", "uint32", [
      [0xffffffff, 5],
      [1, 4],
    ]),
    [0xfffffffe, 1],
  );
  assert.deepEqual(run("BitwiseAnd", "int64", [[2 ** 40 + 3], [2 ** 40 + 6]]), [2 ** 40 + 2]);
  assert.deepEqual(run("BitwiseXor", "int64", [[-(2 ** 40)], [-1]]), [2 ** 40 - 1]);
  assert.deepEqual(run("BitwiseNot", "uint16", [[0, 65535]]), [65535, 0]);
  assert.deepEqual(run("BitwiseNot", "int8", [[0, -128]]), [-1, 127]);
  assert.deepEqual(
    run(
      "BitShift",
      "uint8",
      [
        [16, 255],
        [1, 4],
      ],
      { direction: "LEFT" },
    ),
    [32, 240],
  );
  assert.deepEqual(
    run(
      "BitShift",
      "uint8",
      [
        [16, 255],
        [1, 4],
      ],
      { direction: "RIGHT" },
    ),
    [8, 15],
  );
});

test("operands without the meaning are refused with a sentence", () => {
  assert.throws(() => run("And", "float32", [[1], [1]]), /And takes bool, not float32/);
  assert.throws(() => run("BitwiseAnd", "float32", [[1], [1]]), /BitwiseAnd takes integers/);
  assert.throws(() => run("BitShift", "uint8", [[1], [1]], { direction: "UP" }), /LEFT or RIGHT, not UP/);
});
