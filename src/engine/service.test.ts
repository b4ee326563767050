import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { startRuntime } from "./runtimes.ts";
import { Service } from "./service.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const samples = path.join(root, "samples", "vision");

test("the sample model sees an Egyptian cat and says where", async () => {
  const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-"));
  const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime" } as const;
  const service = new Service(settings, startRuntime(settings));
  const model = path.join(samples, "efficientnet-lite0.onnx");
  const input = { path: path.join(samples, "chelsea.png") };
  const run = (method: string) => service.runMethod({ job: "1", model, input, method, options: {} }, () => undefined, () => false);
  const prediction = await run("prediction");
  assert.equal(prediction.result.data.kind, "prediction");
  if (prediction.result.data.kind !== "prediction") return;
  const top = prediction.result.data.top.slice(0, 3);
  assert.deepEqual(top.map(({ name }) => name), ["Egyptian cat", "tabby", "tiger cat"]);
  [0.355, 0.283, 0.224].forEach((expected, i) => assert.ok(Math.abs(top[i]!.probability - expected) < 0.03));
  for (const method of ["gradient", "input-gradient", "smoothgrad", "integrated-gradients", "grad-cam"]) {
    const start = performance.now();
    const { result } = await run(method);
    console.log(method, Math.round(performance.now() - start), "ms", result.certificate.map(({ label, value, status }) => `${label} ${value} ${status}`).join("; "));
  }
  fs.rmSync(cacheFolder, { recursive: true });
});
