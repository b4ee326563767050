import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import type { InferenceSession } from "onnxruntime-node";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { float32 } from "../../tensor/tensor.ts";
import { WeightStore } from "../weight-store.ts";
import { onnxRuntime } from "./onnxruntime.ts";
import { chooseProvider } from "./provider.ts";

const session = { release: async () => undefined } as InferenceSession;

test("the CPU is chosen without probing", async () => {
  assert.deepEqual(await chooseProvider("cpu", () => assert.fail("probed")), {
    name: "cpu",
    sessionProviders: ["cpu"],
    note: undefined,
  });
});

test("a provider that loads a program is chosen, and the CPU runs the operators it lacks", async () => {
  const asked: unknown[] = [];
  const chosen = await chooseProvider(
    "directml",
    async (_, { executionProviders }) => (asked.push(executionProviders), session),
  );
  assert.deepEqual(asked, [["dml"]]);
  assert.deepEqual(chosen, { name: "directml", sessionProviders: ["dml", "cpu"], note: undefined });
});

test("an unavailable provider gives a note: its name, its requirements, and the error", async () => {
  const said =
    "/onnxruntime_src/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n";
  const { name, note } = await chooseProvider("webgpu", () => Promise.reject(new Error(said)));
  assert.equal(name, "cpu");
  assert.equal(
    note,
    "WebGPU is not available on this machine, so networks run on the CPU. It needs a graphics card with a driver for Vulkan, Metal or Direct3D 12. ONNX Runtime says: Failed to get a WebGPU adapter: No supported adapters",
  );
});

test("a machine without the chosen provider computes the same on the CPU, with a note", async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-provider-"));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  // The packages for Linux contain neither provider.
  const runtime = await onnxRuntime(new WeightStore(folder), process.platform === "darwin" ? "directml" : "coreml");
  assert.equal(runtime.provider, undefined);
  assert.match(
    runtime.notes!.join(),
    /^(DirectML|CoreML) is not available on this machine, so networks run on the CPU\./,
  );
  const b = new Builder(coreOperators);
  const program = await runtime.compile(
    b.finish([b.apply("Relu", [b.input("x", { dtype: "float32", shape: [2] })], {}, { names: ["y"] })]),
  );
  assert.deepEqual((await program.run(new Map([["x", float32([2], [-1, 3])]]))).get("y")!.data, Float32Array.of(0, 3));
  await program.release();
});
