import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisCards } from "../methods/table.ts";
import { parseExperiment } from "./parse.ts";
import { validate } from "./validate.ts";

/** The unsound protocols of an experiment with these claims: the line, what is at the place, and what may stand there instead. */
function unsound(claims: string, options = ""): readonly (readonly [line: number, fix: string | undefined])[] {
  const text = `model: m.onnx\ninputs: [{ data: procedural, label: shape }]\nanalyses:\n  - { id: shape, method: linear-probes${options} }\nclaims:\n${claims}`;
  const { experiment, problems } = parseExperiment(text);
  assert.deepEqual(problems, []);
  return validate(experiment!, analysisCards)
    .filter(({ code }) => code === "unsound-probe")
    .map(({ range, instead }) => [range.start.line + 1, instead[0]]);
}

test("a probe without its controls, scored on its training data, or with its layer chosen on test rows is unsound", () => {
  assert.deepEqual(
    unsound(
      "  - { expect: shape.trained(a).test.accuracy, above: 0.5 }\n",
      ", options: { random: false, shuffled: false }",
    ),
    [
      [4, "true"],
      [4, "true"],
    ],
  );
  assert.deepEqual(unsound("  - { expect: shape.trained(a.1).train.accuracy, above: 0.9 }\n"), [
    [6, "shape.trained(a.1).test.accuracy"],
  ]);
  const best =
    "  - { expect: shape.trained(a).test.accuracy, above: shape.trained(b).test.accuracy }\n  - { expect: shape.trained(a).test.accuracy, above: shape.trained(c).test.accuracy }\n";
  assert.deepEqual(unsound(best), [[7, undefined]]);
  assert.deepEqual(unsound("  - { expect: shape.trained(greatest).test.accuracy, above: 0.9 }\n"), [[6, undefined]]);
});

test("a training score beside the test score, of a control, or claimed to be low, and two layers compared are sound", () => {
  assert.deepEqual(
    unsound(
      "  - { expect: shape.trained(a).train.accuracy, above: 0.9 }\n  - { expect: shape.trained(a).test.accuracy, above: 0.5 }\n",
    ),
    [],
  );
  assert.deepEqual(unsound("  - { expect: shape.shuffled(a).train.accuracy, above: 0.9 }\n"), []);
  assert.deepEqual(unsound("  - { expect: shape.trained(a).train.accuracy, below: 0.9 }\n"), []);
  assert.deepEqual(unsound("  - { expect: shape.random(greatest).test.accuracy, below: 0.3 }\n"), []);
  assert.deepEqual(
    unsound(
      "  - { expect: shape.trained(a).test.accuracy, above: shape.trained(b).test.accuracy }\n  - { expect: shape.trained(a).test.accuracy, above: shape.random(a).test.accuracy }\n",
    ),
    [],
  );
});
