import assert from "node:assert/strict";
import { test } from "node:test";
import { Recent } from "../tensor/recent.ts";

test("what was asked for lately is not made again; the value asked for longest ago is let go", () => {
  const made: string[] = [];
  const recent = new Recent<string>(2);
  const ask = (key: string): string =>
    recent.get(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) assert.equal(ask(key), key.toUpperCase());
  assert.deepEqual(made, ["a", "b", "c", "b"]);
});

test("a making that fails is tried again", () => {
  const recent = new Recent<number>(1);
  assert.throws(
    () =>
      recent.get("a", () => {
        throw new RangeError("no");
      }),
    RangeError,
  );
  assert.equal(
    recent.get("a", () => 1),
    1,
  );
});
