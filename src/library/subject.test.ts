import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { readNpy } from "../formats/numpy/npy.ts";
import { memorySource } from "../formats/source.ts";
import type { Subject } from "../protocol/question.ts";
import { float32 } from "../tensor/tensor.ts";
import { readSubject, type SubjectInput } from "./subject.ts";

const bytes = Uint8Array.of(1, 2);
const none = { answer: undefined, wrong: undefined };

const readings: readonly (readonly [SubjectInput, Subject])[] = [
  [{ picture: "cat.png" }, { kind: "picture", input: { path: path.resolve("cat.png") } }],
  [
    { picture: pathToFileURL(path.resolve("a cat.png")) },
    { kind: "picture", input: { path: path.resolve("a cat.png") } },
  ],
  [
    { picture: bytes, name: "cat.png" },
    { kind: "picture", input: { name: "cat.png", bytes } },
  ],
  [
    { data: "procedural:40:1", label: "shape" },
    { kind: "data", data: "procedural:40:1", label: "shape" },
  ],
  [{ data: "iris.csv" }, { kind: "data", data: path.resolve("iris.csv"), label: undefined }],
  [
    { unit: ["blocks.5:20", "blocks.6:1"], photographs: "pictures" },
    {
      kind: "unit",
      objectives: ['channel("blocks.5", 20)', 'channel("blocks.6", 1)'],
      photographs: path.resolve("pictures"),
    },
  ],
  [{ objective: "logit(281)" }, { kind: "unit", objectives: ["logit(281)"], photographs: undefined }],
  [
    { prompt: "a", bos: false, corrupted: "b", answer: " c", wrong: 4 },
    {
      kind: "prompt",
      prompt: { text: "a", addBos: false },
      corrupted: { text: "b", addBos: false },
      answer: " c",
      wrong: 4,
    },
  ],
  [
    { ids: [1, 2], corrupted: [1, 3] },
    { kind: "prompt", prompt: { ids: [1, 2] }, corrupted: { ids: [1, 3] }, ...none },
  ],
  [{ ids: [1] }, { kind: "prompt", prompt: { ids: [1] }, corrupted: undefined, ...none }],
];

test("each way to state a subject in short is the subject that a panel or a command states", () => {
  for (const [input, subject] of readings) assert.deepEqual(readSubject(input), subject);
});

test("a tensor goes to the engine as .npy, bit for bit", () => {
  const tensor = float32([1, 2], [0.1, -0]);
  const subject = readSubject({ tensor });
  assert.ok(subject.kind === "picture" && "bytes" in subject.input);
  assert.deepEqual(readNpy(memorySource(subject.input.name, subject.input.bytes)), tensor);
});

test("what states no subject is refused in a sentence", () => {
  assert.throws(() => readSubject({ unit: "blocks.5" }), /"blocks\.5" names no unit/);
  assert.throws(() => readSubject({ image: "cat.png" } as never), /the input names no subject/);
});
