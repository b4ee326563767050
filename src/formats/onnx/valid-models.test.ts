/** Models that ONNX's checker accepts and that were once refused, against ONNX Runtime on the same file. */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import * as ort from "onnxruntime-node";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64, type Tensor } from "../../tensor/tensor.ts";
import { openOnnx } from "./open.ts";

const folder = path.join(process.env["GLASSBOX_ROOT"] ?? process.cwd(), "test/files/valid");

for (const [name, what] of [
  ["grid_sample.onnx", "GridSample of opset 16, whose mode is called bilinear"],
  ["attention_attn_mask_int.onnx", "Attention with a mask of whole numbers"],
  ["linear-opset11.onnx", "a linear Resize whose roi is empty"],
  ["nearest-opset11.onnx", "a nearest Resize whose roi is empty"],
] as const) {
  test(`${what} opens and gives ONNX Runtime's numbers`, async () => {
    const file = path.join(folder, name);
    const opened = openOnnx(file);
    const { graph } = opened.importWith();
    const random = new Random(3);
    const feeds = new Map<string, Tensor>();
    const given: Record<string, ort.Tensor> = {};
    for (const input of graph.inputs) {
      const { dtype, shape } = graph.types.get(input)!;
      const values = Array.from({ length: sizeOf(shape) }, () =>
        dtype === "float32" ? random.uniform(-0.9, 0.9) : Math.round(random.uniform(-2, 2)),
      );
      const tensor = fromFloat64(dtype, shape, values);
      feeds.set(input, tensor);
      given[input] = new ort.Tensor(dtype as "float32", tensor.data as Float32Array, shape);
    }
    const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
    const expected = Object.values(await session.run(given))[0]!;
    const found = evaluate(graph, feeds, coreOperators).get(graph.outputs[0]!)!;
    const numbers = Array.from(found.data as ArrayLike<number>);
    assert.deepEqual(found.shape, expected.dims);
    (expected.data as Float32Array).forEach((value, i) =>
      assert.ok(Math.abs(numbers[i]! - value) < 1e-4, `element ${i} is ${numbers[i]}, not ${value}`),
    );
    await session.release();
    opened.close();
  });
}
