import assert from "node:assert/strict";
import { test } from "node:test";
import { contrastToken, swappedToken, tokenRef } from "./token-choice.ts";

const token = (id: number, text: string, probability: number) => ({ id, text, probability });

test("an expected token is named by its id, another by its text, #5 is id 5", () => {
  assert.equal(tokenRef("E", [token(60, "E", 0.1)]), 60);
  assert.equal(tokenRef("#5", []), 5);
  assert.equal(tokenRef(" Mary", []), " Mary");
});

test("the contrast is what the corruption makes likelier, not what both runs expect", () => {
  const clean = [token(1, " Mary", 0.9), token(2, " the", 0.3), token(3, " John", 0.01)];
  const corrupted = [token(2, " the", 0.35), token(3, " John", 0.3), token(1, " Mary", 0.02)];
  assert.equal(contrastToken(clean, corrupted, " Mary"), " John");
  assert.equal(contrastToken(clean, [], " Mary"), " the");
});

test("where the pair swaps two names, the contrast of one is the other", () => {
  const clean = [token(1, "When", 0), token(3, " John", 0)];
  const corrupted = [token(1, "When", 0), token(2, " Mary", 0)];
  assert.equal(swappedToken(clean, corrupted, new Set([1]), " Mary"), " John");
  assert.equal(swappedToken(clean, corrupted, new Set([1]), " the"), undefined);
  assert.equal(swappedToken(clean, corrupted, new Set([0, 1]), " Mary"), undefined, "more than one token differs");
});
