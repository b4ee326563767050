/** Small networks as PyTorch's exporters write them (`test/oracles/exported-models.py`) against what PyTorch computes in float64. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { array64 } from "../../graph/array64.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { memorySource } from "../source.ts";
import { importOnnx } from "./import.ts";
import type { Imported } from "../imported.ts";
import { readOnnx } from "./read.ts";
import type { OnnxModel } from "./records.ts";

const folder = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/exported");
const { outputs } = JSON.parse(fs.readFileSync(path.join(folder, "outputs.json"), "utf8")) as {
  outputs: Record<string, number[]>;
};
const model = (name: string): OnnxModel =>
  readOnnx(memorySource(name, gunzipSync(fs.readFileSync(path.join(folder, `${name}.onnx.gz`)))));

const image = (batch: number) =>
  array64(
    "float32",
    [batch, 3, 16, 16],
    Float64Array.from({ length: batch * 768 }, (_, i) => Math.sin(i)),
  );
const tokens = (batch: number) =>
  array64(
    "int64",
    [batch, 6],
    Float64Array.from({ length: batch * 6 }, (_, i) => (7 * i) % 50),
  );

function run({ graph, inputs, outputs: [output] }: Imported, batch: number): Float64Array {
  const x = inputs[0]!.elementType === "int64" ? tokens(batch) : image(batch);
  return evaluate(graph, new Map([[inputs[0]!.value, x]]), coreOperators).get(output!.value)!.data;
}

for (const [name, expected] of Object.entries(outputs)) {
  test(`${name}: two samples at once give PyTorch's outputs`, () => {
    const found = run(importOnnx(model(name), { batch: 2, dimensions: { s27: 6 } }), 2);
    assert.equal(found.length, expected.length);
    expected.forEach((value, i) =>
      assert.ok(Math.abs(found[i]! - value) < 1e-5, `output ${i} is ${found[i]}, not ${value}`),
    );
  });
}

test("shape arithmetic leaves no trace: Swin's 700 nodes become the 150 or so that compute", () => {
  for (const name of ["swin", "swin-fixed"]) {
    const file = model(name);
    const { graph } = importOnnx(file);
    assert.ok(file.graph.nodes.length > 500, `${file.graph.nodes.length} nodes in the file`);
    const integers = graph.nodes.filter(({ outputs: [output] }) => graph.types.get(output!)!.dtype === "int64");
    assert.deepEqual(integers, []);
    assert.ok(graph.nodes.length < 260, `${graph.nodes.length}`);
  }
});

test("attention's scores, pattern and heads are sites with the axes of attention", () => {
  const { graph } = importOnnx(model("gpt2"), { dimensions: { s27: 6 } });
  const axes = new Map(graph.sites.map((site) => [site.name, site.axes]));
  const named = (pattern: RegExp) => [...axes].find(([name]) => pattern.test(name))?.[1];
  assert.deepEqual(named(/h\.0\.attn\/softmax/), ["batch", "head", "query", "key"]);
  assert.deepEqual(named(/h\.0\.attn\/transpose_1$/), ["batch", "head", "token", "feature"]);
  assert.deepEqual(axes.get("model.transformer.h.0"), ["batch", "token", "feature"]);
  assert.deepEqual(axes.get("model.transformer.ln_f"), ["batch", "token", "feature"]);
});

test("a free size that is not the batch is asked for by name", () => {
  assert.throws(
    () => importOnnx(model("llama")),
    (error: unknown) => {
      assert.ok(error instanceof GlassboxError && error.kind === "input");
      assert.match(error.what, /"s27" \(axis 1\) of the input "input" is free/);
      assert.match(error.hint!, /s27=128/);
      return true;
    },
  );
});
