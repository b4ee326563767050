import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "./random.ts";
import { bfloat16ToNumber, float16ToNumber, float32ToFloat16, numberToBfloat16, numberToFloat16 } from "./half.ts";

test("every float16 survives the trip through a number", () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16ToNumber(bits);
    if (Number.isNaN(value)) assert.equal(numberToFloat16(value), 0x7e00);
    else assert.equal(numberToFloat16(value), bits);
  }
});

test("every bfloat16 survives the trip through a number", () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = bfloat16ToNumber(bits);
    if (!Number.isNaN(value)) assert.equal(numberToBfloat16(value), bits);
  }
});

test("a value between two float16 rounds to nearest, ties to even", () => {
  assert.equal(numberToFloat16(1 + 2 ** -11), 0x3c00);
  assert.equal(numberToFloat16(1 + 3 * 2 ** -11), 0x3c02);
  assert.equal(numberToFloat16(65519), 0x7bff);
  assert.equal(numberToFloat16(65520), 0x7c00);
  assert.equal(numberToFloat16(2 ** -25), 0);
  assert.equal(numberToFloat16(2 ** -25 * 1.01), 1);
});

test("converting an array rounds as converting single values does: every float16, every midpoint, and a hundred thousand float32 of any magnitude", () => {
  const values: number[] = [
    65519,
    65520,
    -65536,
    2 ** -24,
    2 ** -25,
    1.01 * 2 ** -25,
    2 ** -26,
    1e-40,
    0,
    -0,
    Infinity,
    -Infinity,
    NaN,
  ];
  for (let bits = 0; bits < 0x7c00; bits++)
    values.push(float16ToNumber(bits), (float16ToNumber(bits) + float16ToNumber(bits + 1)) / 2);
  const random = new Random(3);
  for (let i = 0; i < 100_000; i++) values.push(random.uniform(-2, 2) * 2 ** random.uniform(-30, 18));
  const single = Float32Array.from(values);
  assert.deepEqual(float32ToFloat16(single), Uint16Array.from(single, numberToFloat16));
});
