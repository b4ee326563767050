import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNames } from "./parse-names.ts";

const cases: readonly (readonly [what: string, text: string, names: readonly string[] | undefined])[] = [
  [
    "Ultralytics' dictionary",
    "{0: 'person', 1: \"driver's seat\", 2: 'traffic light'}",
    ["person", "driver's seat", "traffic light"],
  ],
  ["a dictionary out of order", "{1: 'b', 0: 'a'}", ["a", "b"]],
  ["an escaped quote", "['it\\'s', 'b']", ["it's", "b"]],
  ["a JSON list", '["cat", "dog"]', ["cat", "dog"]],
  ["Hugging Face's id2label", '{"0": "tench", "1": "goldfish"}', ["tench", "goldfish"]],
  ["Keras' class_indices", '{"dog": 1, "cat": 0}', ["cat", "dog"]],
  ["one per line", "cat\r\ndog\n\nbird\n", ["cat", "dog", "bird"]],
  ["numbered lines", "0 cat\n1 dog", ["cat", "dog"]],
  ["separated by commas", "cat, dog", ["cat", "dog"]],
  ["names that were made up", '{"0": "LABEL_0", "1": "LABEL_1"}', undefined],
  ["a gap", "{0: 'a', 2: 'c'}", undefined],
  ["an index twice", '{"a": 0, "b": 0}', undefined],
  ["an object's prototype", '{"__proto__": 0}', ["__proto__"]],
  ["a call", "{0: __import__('os').system('x')}", undefined],
  ["an unfinished literal", "{0: 'a'", undefined],
  ["nothing", "  ", undefined],
];
for (const [what, text, names] of cases)
  test(`${what} ${names ? "is read" : "is no list of names"}`, () => assert.deepEqual(parseNames(text), names));
