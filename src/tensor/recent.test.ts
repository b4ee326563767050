import assert from "node:assert/strict";
import { test } from "node:test";
import { Recent } from "./recent.ts";

test("recent values are not made again; the least recently used one is dropped, and its owner is notified", () => {
  const made: string[] = [];
  const dropped: string[] = [];
  const recent = new Recent<string>(2, (value) => dropped.push(value));
  const ask = (key: string): string =>
    recent.ensure(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) assert.equal(ask(key), key.toUpperCase());
  assert.deepEqual(made, ["a", "b", "c", "b"]);
  assert.deepEqual(dropped, ["B", "C"]);
});

test("a value whose construction failed is made again", () => {
  const recent = new Recent<number>(1);
  const fail = (): number => {
    throw new RangeError("no");
  };
  assert.throws(() => recent.ensure("a", fail), RangeError);
  assert.equal(
    recent.ensure("a", () => 1),
    1,
  );
});

test("clearing drops all values, the oldest first", () => {
  const dropped: number[] = [];
  const recent = new Recent<number>(2, (value) => dropped.push(value));
  recent.set("a", 1);
  recent.set("b", 2);
  recent.clear();
  assert.deepEqual(dropped, [1, 2]);
  assert.equal(recent.get("a"), undefined);
});
