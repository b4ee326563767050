import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { Random } from "../../tensor/random.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import { WeightStore } from "../weight-store.ts";
import { onnxRuntime } from "./onnxruntime.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-workers-"));
test.after(() => fs.rmSync(folder, { recursive: true, force: true }));

const random = new Random(3);
const graph = (() => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 4, 16, 16] });
  const weight = b.tensor(float32([8, 4, 3, 3], random.normals(288)));
  return b.finish([b.apply("Relu", [b.apply("Conv", [x, weight], { pads: [1, 1, 1, 1] })], {}, { names: ["y"] })]);
})();
const input = (): Tensor => float32([1, 4, 16, 16], random.normals(1024));

test("pooled workers compute what a single session computes, and each call gets its own result", async () => {
  const runtime = await onnxRuntime(new WeightStore(folder));
  const [single, pooled] = [await runtime.compile(graph, { threads: 1 }), await runtime.compile(graph, { workers: 2 })];
  assert.equal(pooled.workers, 2);
  const inputs = Array.from({ length: 9 }, input);
  const together = await Promise.all(inputs.map((x) => pooled.run(new Map([["x", x]]))));
  for (const [i, x] of inputs.entries())
    assert.deepEqual(together[i]!.get("y"), (await single.run(new Map([["x", x]]))).get("y"));
  await Promise.all([single.release(), pooled.release()]);
});

test("a run that fails in a worker rejects its call, and the worker continues", async () => {
  const runtime = await onnxRuntime(new WeightStore(folder));
  const pooled = await runtime.compile(graph, { workers: 2 });
  await assert.rejects(pooled.run(new Map([["x", float32([1, 4, 8, 8], new Float32Array(256))]])), /x/);
  assert.equal((await pooled.run(new Map([["x", input()]]))).get("y")!.data.length, 2048);
  await pooled.release();
});

test("the weights of a graph leave no model file behind in the store", async () => {
  const runtime = await onnxRuntime(new WeightStore(folder));
  await (await runtime.compile(graph, { workers: 2 })).release();
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.endsWith(".onnx")),
    [],
  );
});

const inner = process.env["GLASSBOX_LANES_CHILD"] !== undefined;

test("idle workers let their process end", { skip: inner && "this is that process" }, () => {
  execFileSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, GLASSBOX_LANES_CHILD: "1" },
    timeout: 300_000,
    stdio: "pipe",
  });
});
