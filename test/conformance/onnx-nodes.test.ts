import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { widen } from "../../src/graph/array64.ts";
import { fold } from "../../src/graph/fold.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { startBackend } from "../../src/runtime/tensorflow/backend.ts";
import { Interpreter } from "../../src/runtime/tensorflow/interpreter.ts";
import { tensorFlowRuntime } from "../../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import { GlassboxError } from "../../src/tensor/errors.ts";
import { nodeSuite, nodeSuiteIsHere } from "./onnx-node-suite.ts";
import { byReference, runNodeCase, type Compute, type Outcome } from "./onnx-nodes.ts";
import { inScope, renderTable } from "./onnx-nodes-table.ts";

const skip = nodeSuiteIsHere() ? false : "the ONNX node suite is not here (../shared/conformance)";
const table = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "test/conformance/onnx-nodes.md");
const byRuntime = new Map<string, readonly Outcome[]>();

async function runSuite(compute: Compute): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const example of nodeSuite()) outcomes.push(await runNodeCase(example, compute));
  return outcomes;
}

function check(outcomes: readonly Outcome[]): string {
  const { passed, of } = inScope(outcomes);
  const list = (verdict: string): string[] =>
    outcomes.filter((outcome) => outcome.verdict === verdict).map(({ name, reason }) => `${name}: ${reason}`);
  assert.deepEqual(list("crashes"), []);
  assert.deepEqual(list("fails"), []);
  assert.ok(passed / of >= 0.98, `${passed} of ${of}`);
  assert.ok(of >= 1500, "the scope did not shrink");
  const slowest = outcomes.reduce((most, each) => (each.milliseconds > most.milliseconds ? each : most));
  return `${passed} of ${of} cases in scope, ${outcomes.length} in all; the slowest, ${slowest.name}, took ${slowest.milliseconds.toFixed(0)} ms`;
}

test(
  "98 % of ONNX's node tests in scope give the right numbers through import and the reference, and none crashes",
  { skip },
  async (t) => {
    byRuntime.set("reference", await runSuite(byReference));
    t.diagnostic(check(byRuntime.get("reference")!));
  },
);

test(
  "98 % of ONNX's node tests in scope give the right numbers through import and ONNX Runtime, and none crashes",
  { skip },
  async (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-conformance-"));
    try {
      const runtime = await onnxRuntime(new WeightStore(folder));
      const outcomes = await runSuite(through(runtime));
      byRuntime.set("ONNX Runtime", outcomes);
      t.diagnostic(check(outcomes));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  },
);

test(
  "98 % of ONNX's node tests in scope give the right numbers through import and TensorFlow.js, and none crashes",
  { skip },
  async (t) => {
    const runtime = await tensorFlowRuntime();
    const backend = await startBackend();
    let alone = 0;
    const outcomes = await runSuite((prepared) => {
      if (new Interpreter(backend, fold(prepared.imported.graph, coreOperators)).byReference.length === 0) alone++;
      return through(runtime)(prepared);
    });
    byRuntime.set("TensorFlow.js", outcomes);
    t.diagnostic(`${check(outcomes)}; ${alone} without any operator that falls to its reference law`);
    if (process.env["GLASSBOX_WRITE_TABLES"]) fs.writeFileSync(table, renderTable(byRuntime));
  },
);

/** What a runtime lacks kernels for is refused, not wrong. */
const through =
  (runtime: Runtime): Compute =>
  async ({ imported, fed }) => {
    const program = await runtime
      .compile(imported.graph, { effort: "light", threads: 1 })
      .catch((error: unknown): never => {
        if (error instanceof Error && error.message.includes("Could not find an implementation")) {
          throw new GlassboxError("unsupported", "no kernel for these element types");
        }
        throw error;
      });
    try {
      const results = await program.run(fed);
      return new Map([...results].map(([name, value]) => [name, widen(value)]));
    } finally {
      await program.release();
    }
  };
