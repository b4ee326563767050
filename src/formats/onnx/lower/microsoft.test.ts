/** com.microsoft operators in core operators against ONNX Runtime itself (`test/oracles/contrib-operators.py`). */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { array64 } from "../../../graph/array64.ts";
import { evaluate } from "../../../graph/evaluate.ts";
import { coreOperators } from "../../../graph/ops/table.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { memorySource } from "../../source.ts";
import { importOnnx } from "../import.ts";
import { readOnnx } from "../read.ts";

interface Listed {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const file = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/contrib-operators.json.gz");
const cases = JSON.parse(gunzipSync(fs.readFileSync(file)).toString()) as Record<
  string,
  { readonly model: string; readonly inputs: Record<string, Listed>; readonly output: Listed }
>;

for (const [name, { model, inputs, output }] of Object.entries(cases)) {
  test(`${name} gives ONNX Runtime's numbers`, () => {
    const { graph, outputs } = importOnnx(readOnnx(memorySource(name, Buffer.from(model, "base64"))));
    const feeds = new Map(Object.entries(inputs).map(([key, { dtype, shape, data }]) => [key, array64(dtype, shape, data)]));
    const found = evaluate(graph, feeds, coreOperators).get(outputs[0]!.value)!;
    assert.deepEqual(found.shape, output.shape);
    output.data.forEach((value, i) => assert.ok(Math.abs(found.data[i]! - value) < 2e-5, `element ${i} is ${found.data[i]}, not ${value}`));
  });
}
