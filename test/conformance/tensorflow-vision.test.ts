/** Two runtimes that share no code agree on whole models: the sample CNNs, forward and gradient. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { gradientGraph, gradientName, scoreName, seedName } from "../../src/methods/gradient-graph.ts";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { tensorFlowRuntime } from "../../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import { float32, toFloat64 } from "../../src/tensor/tensor.ts";
import { oneHot, visionFile, visionGraph, visionInput, visionModels, visionOracle } from "../oracles/vision-oracle.ts";

for (const name of visionModels) {
  const oracle = visionOracle(name);
  const { file, skip } = visionFile(oracle);

  test(
    `${name}: logits of TensorFlow.js are ONNX Runtime's to 1e-4, its gradient to 1e-2 in L2`,
    { skip },
    async (t) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-tensorflow-"));
      try {
        const graph = visionGraph(file);
        const { inputName, logits } = oracle;
        const example = oracle.cases[0]!;
        const seed = oneHot(graph, oracle, example);
        const program = gradientGraph(graph, { read: [logits], wrt: [inputName], also: [logits] });
        const feeds = new Map([
          [inputName, float32([1, 3, 224, 224], visionInput(oracle, example))],
          [seedName(logits), float32(seed.shape, seed.data)],
        ]);
        const through = async (runtime: Runtime) => {
          const compiled = await runtime.compile(program);
          const fetched = await compiled.run(feeds);
          await compiled.release();
          return new Map([...fetched].map(([value, found]) => [value, toFloat64(found)] as const));
        };
        const expected = await through(await onnxRuntime(new WeightStore(folder)));
        const actual = await through(await tensorFlowRuntime());
        const off = (value: string): number => relativeL2(actual.get(value)!, expected.get(value)!);
        t.diagnostic(
          `logits ${off(logits).toExponential(2)}, score ${off(scoreName).toExponential(2)}, gradient ${off(gradientName(inputName)).toExponential(2)}`,
        );
        assert.ok(off(logits) <= 1e-4);
        assert.ok(off(scoreName) <= 1e-4);
        // A rounding error may flip a ReLU, ReLU6 or pooling decision in either, and neither is wrong then.
        assert.ok(off(gradientName(inputName)) <= 1e-2);
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    },
  );
}

function relativeL2(x: Float64Array, y: Float64Array): number {
  const difference = x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0);
  return Math.sqrt(difference / y.reduce((sum, value) => sum + value * value, 0));
}
