import assert from "node:assert/strict";
import { test } from "node:test";
import { portions } from "./portions.ts";

test("portions keep the order and the bound; an item above the bound gets its own portion", () => {
  assert.deepEqual(
    portions([3, 4, 3, 9, 1, 6], 7, (one) => one),
    [[3, 4], [3], [9], [1, 6]],
  );
  assert.deepEqual(
    portions([], 7, (one: number) => one),
    [],
  );
});
