import assert from "node:assert/strict";
import { test } from "node:test";
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from "./half.ts";

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
