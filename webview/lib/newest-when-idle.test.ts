import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { NewestWhenIdle } from "./newest-when-idle.ts";

test("of what comes in one turn only the newest is handed on, and later values again", async () => {
  const seen: number[] = [];
  const newest = new NewestWhenIdle<number>((value) => seen.push(value));
  for (const value of [1, 2, 3]) newest.put(value);
  assert.deepEqual(seen, []);
  await later(5);
  newest.put(4);
  await later(5);
  assert.deepEqual(seen, [3, 4]);
});

test("what waits is handed on at once or forgotten, and never comes twice", async () => {
  const seen: number[] = [];
  const newest = new NewestWhenIdle<number>((value) => seen.push(value));
  newest.put(1);
  newest.flush();
  newest.put(2);
  newest.drop();
  await later(5);
  assert.deepEqual(seen, [1]);
});
