import assert from "node:assert/strict";
import { test } from "node:test";
import { readTexts, siteNames, writeTexts } from "./written-lists.ts";

test("a list of words comes back from its text, whatever bars and backslashes they hold", () => {
  for (const words of [[" Mary", " John"], ["a|b", "|", "\\"], ["C:\\new", "\\|", "end\\", "x"], [], ["one"]])
    assert.deepEqual(readTexts(writeTexts(words)), words);
});

test("a text without bars is one word as it stands, and empty places are no words", () => {
  assert.deepEqual(readTexts("C:\\new"), ["C:\\new"]);
  assert.deepEqual(readTexts("a||b|"), ["a", "b"]);
  assert.deepEqual(siteNames(" a, b,,c "), ["a", "b", "c"]);
});
