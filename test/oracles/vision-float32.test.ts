/**
 * Whole models through ONNX Runtime in float32 against the float64 reference, which `vision-gradients.test.ts` holds to
 * PyTorch. A rounding error may flip a ReLU, ReLU6 or pooling decision, here as in PyTorch, and neither is wrong then.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { array64 } from "../../src/graph/array64.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { gaussLegendre } from "../../src/methods/attribution/quadrature.ts";
import { gradientGraph, gradientName, seedName } from "../../src/methods/gradient-graph.ts";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import { float32, toFloat64 } from "../../src/tensor/tensor.ts";
import { agreement } from "./map-summary.ts";
import { decisionsOf } from "./piecewise-decisions.ts";
import { oneHot, visionFile, visionGraph, visionInput, visionModels, visionOracle } from "./vision-oracle.ts";

for (const name of visionModels) {
  const oracle = visionOracle(name);
  const { file, skip } = visionFile(oracle);

  for (const example of oracle.cases) {
    test(`${name}, ${example.image}: the float32 gradient is within 1e-2, and within 1e-4 where no decision flipped`, { skip }, async (t) => {
      await withOnnxRuntime(async (runtime) => {
        const graph = visionGraph(file);
        const decisions = decisionsOf(graph);
        const { inputName, logits } = oracle;
        const program = gradientGraph(graph, { read: [logits], wrt: [inputName], also: decisions.reads });
        const seed = oneHot(graph, oracle, example);
        const x = visionInput(oracle, example);
        const exact = new Map(
          [...evaluate(program, new Map([[inputName, array64("float32", [1, 3, 224, 224], Float64Array.from(x))], [seedName(logits), array64("float32", seed.shape, seed.data)]]), coreOperators)]
            .map(([value, { data }]) => [value, data] as const),
        );
        const compiled = await runtime.compile(program);
        const fetched = await compiled.run(new Map([[inputName, float32([1, 3, 224, 224], x)], [seedName(logits), float32(seed.shape, seed.data)]]));
        const single = new Map([...fetched].map(([value, found]) => [value, toFloat64(found)] as const));
        await compiled.release();
        const gradient = gradientName(inputName);
        const off = relativeL2(single.get(gradient)!, exact.get(gradient)!);
        const flipped = decisions.count(single, exact);
        t.diagnostic(`relative L2 ${off.toExponential(2)} with ${flipped} decisions flipped (PyTorch's float32: ${example.float32.gradientRelativeL2.toExponential(2)} with ${example.float32.flippedDecisions})`);
        assert.ok(off <= (flipped === 0 ? 1e-4 : 1e-2), `${off} with ${flipped} flipped`);
      });
    });
  }

  test(`${name}: float32 integrated gradients with 50 Gauss–Legendre points are within 1e-2 of PyTorch's in float64`, { skip }, async (t) => {
    await withOnnxRuntime(async (runtime) => {
      const example = oracle.cases[0]!;
      const graph = visionGraph(file);
      const { inputName, logits } = oracle;
      const compiled = await runtime.compile(gradientGraph(graph, { read: [logits], wrt: [inputName] }));
      const seed = oneHot(graph, oracle, example);
      const x = visionInput(oracle, example);
      const { nodes, weights } = gaussLegendre(example.integratedGradients.steps);
      const map = new Float64Array(x.length);
      for (const [k, alpha] of nodes.entries()) {
        const found = await compiled.run(new Map([[inputName, float32([1, 3, 224, 224], x.map((value) => alpha * value))], [seedName(logits), float32(seed.shape, seed.data)]]));
        toFloat64(found.get(gradientName(inputName))!).forEach((slope, i) => (map[i]! += weights[k]! * slope * x[i]!));
      }
      await compiled.release();
      const { relativeL2: off } = agreement(map, example.integratedGradients, oracle.signSeed);
      t.diagnostic(`relative L2, estimated from the projections: ${off.toExponential(2)}`);
      assert.ok(off <= 1e-2, `${off}`);
    });
  });
}

async function withOnnxRuntime(run: (runtime: Awaited<ReturnType<typeof onnxRuntime>>) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-float32-"));
  try {
    await run(await onnxRuntime(new WeightStore(folder)));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const norm = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const relativeL2 = (found: Float64Array, exact: Float64Array): number => norm(found.map((value, i) => value - exact[i]!)) / norm(exact);
