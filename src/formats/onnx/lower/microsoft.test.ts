/** com.microsoft operators in core operators against ONNX Runtime itself (`test/oracles/contrib-operators.py`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onnxCases } from "../../../../test/oracles/onnx-cases.ts";

for (const { name, output, run } of onnxCases("contrib-operators")) {
  test(`${name} gives ONNX Runtime's numbers`, () => {
    const { found } = run();
    assert.deepEqual(found.shape, output.shape);
    output.data.forEach((value, i) =>
      assert.ok(Math.abs(found.data[i]! - value) < 2e-5, `element ${i} is ${found.data[i]}, not ${value}`),
    );
  });
}
