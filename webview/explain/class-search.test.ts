import assert from "node:assert/strict";
import { test } from "node:test";
import { matchingClasses } from "./class-search.ts";

const names = ["catamaran", "espresso maker", "oystercatcher", "tiger cat", "espresso", "Egyptian cat", "cathedral"];
const found = (search: string): readonly string[] =>
  matchingClasses(search, names, names.length).map((index) => names[index]!);

test("whole names come first, then whole words, then words that begin with the search", () => {
  assert.deepEqual(found("cat"), ["tiger cat", "Egyptian cat", "catamaran", "cathedral", "oystercatcher"]);
  assert.deepEqual(found("Espresso"), ["espresso", "espresso maker"]);
});

test("a number is that class, if the model has it; nothing is found of nothing", () => {
  assert.deepEqual(matchingClasses("3", names, 5), [3]);
  assert.deepEqual(matchingClasses("5", names, 5), []);
  assert.deepEqual(found("  "), []);
  assert.deepEqual(matchingClasses("cat", undefined, 5), []);
});
