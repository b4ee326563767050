import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExperiment } from "./parse.ts";

const sentenceOf = (text: string): string => {
  const { problems } = parseExperiment(text);
  assert.ok(problems.length > 0);
  for (const { message } of problems) assert.doesNotMatch(message, /call stack|undefined/);
  return problems[0]!.message;
};

test("a text that is nested without end is refused with a sentence, in each of YAML's ways", () => {
  const indented = Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  for (const text of [
    `inputs: ${"[".repeat(20_000)}`,
    `inputs: ${"{a: ".repeat(5000)}`,
    `inputs:\n  ${"- ".repeat(20_000)}a`,
    `${"? ".repeat(20_000)}a`,
  ])
    assert.match(sentenceOf(text), /nested too deeply/);
  assert.ok(sentenceOf(indented).length > 0);
});

test("fifty thousand anchors are refused before the parser compares them", () => {
  const anchors = Array.from({ length: 50_000 }, (_, i) => `- &a${i} x`).join("\n");
  assert.match(sentenceOf(`inputs:\n${anchors}\n`), /more than 1000 anchors/);
});

test("brackets and ampersands of ordinary texts are read", () => {
  const { problems } = parseExperiment(
    `model: m.onnx\ninputs: ["a & b.png", "[1] {2}.png"]\nanalyses:\n  - prediction\n`,
  );
  assert.deepEqual(
    problems.filter(({ code }) => code === "yaml"),
    [],
  );
});
