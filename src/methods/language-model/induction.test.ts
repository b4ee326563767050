import assert from "node:assert/strict";
import { test } from "node:test";
import { inductionScore } from "./induction.ts";

test("a head that attends to the token after the last occurrence of its own token has an induction score of 1", () => {
  // A B A: only the last query repeats a token, and the token after its first occurrence is B, at 1.
  const pattern = [1, 0, 0, 0.5, 0.5, 0, 0, 1, 0];
  assert.equal(inductionScore(pattern, [7, 8, 7]), 1);
});

test("attention on several such tokens adds up, and queries of new tokens do not count", () => {
  // A A A: the queries 1 and 2 repeat; their sums are w(1, 1) and w(2, 1) + w(2, 2).
  const pattern = [1, 0, 0, 0.75, 0.25, 0, 0.25, 0.25, 0.5];
  assert.equal(inductionScore(pattern, [7, 7, 7]), (0.25 + 0.75) / 2);
});

test("without a repeated token there is no score", () => {
  assert.equal(inductionScore([1, 0, 0.5, 0.5], [1, 2]), undefined);
});
