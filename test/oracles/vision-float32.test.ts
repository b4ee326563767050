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
import {
  oneHot,
  visionFile,
  visionGraph,
  visionInput,
  visionModels,
  visionOracle,
  type VisionCase,
  type VisionOracle,
} from "./vision-oracle.ts";

for (const name of visionModels) {
  const oracle = visionOracle(name);
  const { file, skip } = visionFile(oracle);

  for (const example of oracle.cases) {
    test(
      `${name}, ${example.image}: float32 gradient and gradient × input are within 1e-2, and within 1e-4 where no decision flipped`,
      { skip },
      async (t) => {
        await withOnnxRuntime(async (runtime) => {
          const point = await gradientAt(runtime, file, oracle, example);
          const x = visionInput(oracle, example);
          const { single, exact, flipped } = await point.both(x);
          await point.release();
          const timesInput = (slopes: Float64Array): Float64Array => slopes.map((slope, i) => slope * x[i]!);
          for (const [what, off] of [
            ["gradient", relativeL2(single, exact)],
            ["gradient × input", relativeL2(timesInput(single), timesInput(exact))],
          ] as const) {
            t.diagnostic(
              `${what}: relative L2 ${off.toExponential(2)} with ${flipped} decisions flipped (PyTorch's float32: ${example.float32.gradientRelativeL2.toExponential(2)} with ${example.float32.flippedDecisions})`,
            );
            assert.ok(off <= tolerance(flipped), `${what}: ${off} with ${flipped} flipped`);
          }
        });
      },
    );
  }

  const all = process.env["GLASSBOX_SLOW_TESTS"] !== undefined;
  test(
    `${name}: float32 integrated gradients with 50 Gauss–Legendre points are within 1e-2 of PyTorch's in float64, and each point within 1e-4 where no decision flipped`,
    { skip },
    async (t) => {
      await withOnnxRuntime(async (runtime) => {
        const example = oracle.cases[0]!;
        const point = await gradientAt(runtime, file, oracle, example);
        const x = visionInput(oracle, example);
        const { nodes, weights } = gaussLegendre(example.integratedGradients.steps);
        const map = new Float64Array(x.length);
        let unflipped = 0;
        let flips = 0;
        let compared = 0;
        for (const [k, alpha] of nodes.entries()) {
          const scaled = x.map((value) => alpha * value);
          // The float64 reference takes seconds a point: two of them tell enough, unless all are asked for.
          const both = all || k % 25 === 12 ? await point.both(scaled) : undefined;
          const slopes = both?.single ?? (await point.single(scaled));
          slopes.forEach((slope, i) => (map[i]! += weights[k]! * slope * x[i]!));
          if (!both) continue;
          const off = relativeL2(slopes, both.exact);
          compared += 1;
          flips += both.flipped;
          unflipped += Number(both.flipped === 0);
          assert.ok(off <= tolerance(both.flipped), `point ${k + 1}: ${off} with ${both.flipped} flipped`);
        }
        await point.release();
        const { relativeL2: off } = agreement(map, example.integratedGradients, oracle.signSeed);
        t.diagnostic(
          `relative L2, estimated from the projections: ${off.toExponential(2)}; of ${compared} points compared, ${unflipped} without a flipped decision, ${flips} flips in all`,
        );
        assert.ok(off <= tolerance(compared === nodes.length ? flips : 1), `${off}`);
      });
    },
  );
}

/** Relative L2 norm: rounding alone where every decision fell alike, a few other pieces of the function where one did not. */
const tolerance = (flipped: number): number => (flipped === 0 ? 1e-4 : 1e-2);

/** The gradient of an example's target at any input: in float32, and in float64 with how many decisions the two take differently. */
async function gradientAt(runtime: Runtime, file: string, oracle: VisionOracle, example: VisionCase) {
  const graph = visionGraph(file);
  const decisions = decisionsOf(graph);
  const { inputName, logits } = oracle;
  const shape = [1, 3, 224, 224];
  const program = gradientGraph(graph, { read: [logits], wrt: [inputName], also: decisions.reads });
  const seed = oneHot(graph, oracle, example);
  const lean = await runtime.compile(gradientGraph(graph, { read: [logits], wrt: [inputName] }));
  const telling = await runtime.compile(program);
  const gradient = gradientName(inputName);
  const run = async (compiled: typeof lean, x: Float32Array): Promise<Map<string, Float64Array>> => {
    const found = await compiled.run(
      new Map([
        [inputName, float32(shape, x)],
        [seedName(logits), float32(seed.shape, seed.data)],
      ]),
    );
    return new Map([...found].map(([value, each]) => [value, toFloat64(each)] as const));
  };
  return {
    single: async (x: Float32Array) => (await run(lean, x)).get(gradient)!,
    both: async (x: Float32Array) => {
      const feeds = new Map([
        [inputName, array64("float32", shape, Float64Array.from(x))],
        [seedName(logits), array64("float32", seed.shape, seed.data)],
      ]);
      const exact = new Map(
        [...evaluate(program, feeds, coreOperators)].map(([value, { data }]) => [value, data] as const),
      );
      const single = await run(telling, x);
      return { single: single.get(gradient)!, exact: exact.get(gradient)!, flipped: decisions.count(single, exact) };
    },
    release: async () => {
      await lean.release();
      await telling.release();
    },
  };
}

type Runtime = Awaited<ReturnType<typeof onnxRuntime>>;

async function withOnnxRuntime(run: (runtime: Runtime) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-float32-"));
  try {
    await run(await onnxRuntime(new WeightStore(folder)));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const norm = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const relativeL2 = (found: Float64Array, exact: Float64Array): number =>
  norm(found.map((value, i) => value - exact[i]!)) / norm(exact);
