import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded, TookTooLong } from "./bounded.ts";

test("what ends in time gives its value or throws its own error", () => {
  assert.equal(
    bounded(() => 7, 60_000),
    7,
  );
  assert.throws(() => bounded(() => JSON.parse("{"), 60_000), SyntaxError);
});

test("a pattern that backtracks, an endless loop and a text that grows are ended, and the next work runs", () => {
  const endless: readonly (() => unknown)[] = [
    () => /(a+)+$/.test(`${"a".repeat(60)}b`),
    () => {
      for (let text = "a"; ;) text = text.length > 1e6 ? "a" : text.replaceAll("a", "aa");
    },
  ];
  for (const work of endless) assert.throws(() => bounded(work, 20), TookTooLong);
  assert.equal(
    bounded(() => "next", 60_000),
    "next",
  );
});
