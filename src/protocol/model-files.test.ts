import assert from "node:assert/strict";
import { test } from "node:test";
import { INSPECTED_ENDINGS, kindByName } from "./model-files.ts";

test("a model file's kind is told by its name, and other files are none", () => {
  const kinds = ["a/NET.onnx", "b.gguf", "c.safetensors", "d.pth", "e.keras", "f.tflite", "web/model.json"].map(
    kindByName,
  );
  assert.deepEqual(kinds, ["ONNX", "GGUF", "safetensors", "PyTorch", "Keras 3", "TensorFlow Lite", "TensorFlow.js"]);
  for (const name of ["app.ts", "data.json", "x.npy", "page.xml", "firmware.bin", "onnx", "model.onnx.txt"])
    assert.equal(kindByName(name), undefined, name);
});

test("kinds that do not run are inspected too, but no ending that other files have", () => {
  for (const ending of [".onnx", ".gguf", ".pt", ".pth", ".tflite", ".mlmodel"])
    assert.ok(INSPECTED_ENDINGS.includes(ending), ending);
  for (const ending of [".ts", ".json", ".xml", ".bin", ".npz"]) assert.ok(!INSPECTED_ENDINGS.includes(ending), ending);
});
