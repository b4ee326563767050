import assert from "node:assert/strict";

/** Every number is within `within` of what is expected. */
export const near = (actual: ArrayLike<number>, expected: readonly number[], within: number): void =>
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) <= within, `${i}: ${actual[i]} is not ${value}`),
  );
