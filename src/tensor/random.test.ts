import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "./random.ts";

// Expected numbers: the published algorithm, implemented in exact integers.
test("the same seed gives the same numbers, on every machine", () => {
  const random = new Random(42);
  assert.deepEqual([random.uint32(), random.uint32(), random.uint32()], [660444221, 3652823732, 77672526]);
});

test("uniform and normal deviates have their moments", () => {
  const random = new Random(7);
  const n = 100_000;
  const moments = (draw: () => number): number[] => {
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = draw();
      for (let k = 0; k < 4; k++) sums[k]! += x ** (k + 1) / n;
    }
    return sums;
  };
  const within = (actual: number[], expected: number[], tolerance: number) =>
    actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < tolerance, `moment ${i + 1} is ${value}`));
  within(
    moments(() => random.uniform()),
    [1 / 2, 1 / 3, 1 / 4, 1 / 5],
    0.005,
  );
  within(
    moments(() => random.normal()),
    [0, 1, 0, 3],
    0.06,
  );
});

test("a permutation holds every index once, and each order is equally likely", () => {
  const random = new Random(3);
  const counts = new Array<number>(5).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const order = random.permutation(5);
    assert.deepEqual([...order].sort(), [0, 1, 2, 3, 4]);
    counts[order[0]!]!++;
  }
  for (const count of counts) assert.ok(Math.abs(count - 4000) < 250, `${count} of 20000`);
});
