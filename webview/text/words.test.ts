import assert from "node:assert/strict";
import { test } from "node:test";
import { rivalOf, swappedRival, wordOf } from "./words.ts";

const word = (id: number, text: string, probability: number) => ({ id, text, probability });

test("an expected token is named by its id, another by its text, #5 is id 5", () => {
  assert.equal(wordOf("E", [word(60, "E", 0.1)]), 60);
  assert.equal(wordOf("#5", []), 5);
  assert.equal(wordOf(" Mary", []), " Mary");
});

test("the rival is what the corruption makes likelier, not what both runs expect", () => {
  const clean = [word(1, " Mary", 0.9), word(2, " the", 0.3), word(3, " John", 0.01)];
  const corrupted = [word(2, " the", 0.35), word(3, " John", 0.3), word(1, " Mary", 0.02)];
  assert.equal(rivalOf(clean, corrupted, " Mary"), " John");
  assert.equal(rivalOf(clean, [], " Mary"), " the");
});

test("where the pair swaps two names, the rival of one is the other", () => {
  const clean = [word(1, "When", 0), word(3, " John", 0)];
  const corrupted = [word(1, "When", 0), word(2, " Mary", 0)];
  assert.equal(swappedRival(clean, corrupted, new Set([1]), " Mary"), " John");
  assert.equal(swappedRival(clean, corrupted, new Set([1]), " the"), undefined);
  assert.equal(swappedRival(clean, corrupted, new Set([0, 1]), " Mary"), undefined, "more than one word differs");
});
