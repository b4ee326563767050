/** Operators as opsets 1 to 12 wrote them, model-local functions and quantised networks (`test/oracles/old-opsets.py`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onnxCases } from "../../../../test/oracles/onnx-cases.ts";

const cases = onnxCases("old-opsets");

for (const { name, output, run } of cases.filter((example) => !example.name.startsWith("quantised"))) {
  test(`${name} means what its version says`, () => {
    const { found } = run();
    assert.deepEqual(found.shape, output.shape);
    output.data.forEach((value, i) =>
      assert.ok(
        Math.abs(found.data[i]! - value) < 1e-5 * Math.max(1, Math.abs(value)),
        `element ${i} is ${found.data[i]}, not ${value}`,
      ),
    );
  });
}

for (const { name, output, run } of cases.filter((example) => example.name.startsWith("quantised"))) {
  test(`a network ${name}, is computed without rounding its activations, close to what ONNX Runtime rounds`, () => {
    const { imported, found } = run();
    assert.deepEqual(
      imported.graph.nodes.filter(({ op }) => op === "Round" || op === "Cast"),
      [],
      "rounding would stop every gradient",
    );
    assert.ok(imported.notes.some(({ kind }) => kind === "dequantised"));
    const largest = Math.max(...output.data.map(Math.abs));
    output.data.forEach((value, i) =>
      assert.ok(
        Math.abs(found.data[i]! - value) < 0.03 * largest,
        `element ${i} is ${found.data[i]}, not about ${value}`,
      ),
    );
  });
}
