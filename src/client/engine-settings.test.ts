import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { engineSettings } from "./engine-settings.ts";

test("what is not chosen has its default: 2 GB, ONNX Runtime on the processor", () => {
  assert.deepEqual(engineSettings({ cache: "kept" }), {
    cacheFolder: path.resolve("kept"),
    memoryBudgetBytes: 2 ** 31,
    runtime: "onnxruntime",
    provider: "cpu",
    weights: "auto",
  });
  assert.equal(engineSettings({ memory: "0.5" }).memoryBudgetBytes, 2 ** 29);
});

test("a choice that there is not is refused with those that there are", () => {
  assert.throws(() => engineSettings({ memory: "much" }), /memory is much .*0\.25 to 1024/);
  assert.throws(() => engineSettings({ runtime: "torch" }), /runtime is torch .*onnxruntime, tensorflow, reference/);
  assert.throws(() => engineSettings({ provider: "tpu" }), /provider is tpu .*cpu, webgpu/);
  assert.throws(() => engineSettings({ weights: "int8" }), /weights is int8 .*auto, float32, float16/);
});
