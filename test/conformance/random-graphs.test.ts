import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { narrow, array64, type Array64 } from "../../src/graph/array64.ts";
import { Builder, type Value } from "../../src/graph/builder.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { prune } from "../../src/graph/prune.ts";
import {
  buildProgram,
  describeProgram,
  inFloat32,
  leavesOf,
  randomProgram,
  type Program,
} from "../../src/graph/random-graph.ts";
import { reachable } from "../../src/graph/shrink.ts";
import { differentiate } from "../../src/graph/transform/differentiate.ts";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import type { Effort, Runtime } from "../../src/runtime/runtime.ts";
import { tensorFlowRuntime } from "../../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import { Random } from "../../src/tensor/random.ts";
import { sizeOf } from "../../src/tensor/shape.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";

const tolerance = 1e-4;

interface Case {
  readonly program: Program;
  /** The program's result and the cotangents of its leaves. */
  readonly graph: Graph;
  readonly feeds: ReadonlyMap<string, Array64>;
}

function caseOf(seed: number): Case {
  const program = inFloat32(reachable(randomProgram(seed, coreOperators)));
  const b = new Builder(coreOperators);
  const leaves = leavesOf(program);
  const inputs = leaves.map((leaf, i) => b.input(`x${i}`, leaf));
  const result = buildProgram(b, program, inputs).at(-1)!;
  const weights = array64("float32", result.shape, new Random(seed).normals(sizeOf(result.shape)).map(Math.fround));
  const cotangent = b.input("cotangent", result);
  const grads = differentiate(b, [{ of: result, cotangent }], inputs);
  const named = (value: Value, name: string): Value => b.apply("Identity", [value], {}, { names: [name] });
  const outputs = [
    named(result, "result"),
    ...grads.map((grad, i) => named(grad ?? b.zeros(inputs[i]!), `gradient ${i}`)),
  ];
  const feeds = new Map<string, Array64>(leaves.map((leaf, i) => [`x${i}`, leaf]));
  return { program, graph: prune(b.finish(outputs)), feeds: feeds.set("cotangent", weights) };
}

const reference = ({ graph, feeds }: Case): Float64Array[] =>
  [...evaluate(graph, feeds, coreOperators).values()].map(({ data }) => data);

async function runOn(runtime: Runtime, { graph, feeds }: Case, effort: Effort): Promise<Float64Array[]> {
  const program = await runtime.compile(graph, { effort, threads: 1 });
  try {
    const fetched = await program.run(new Map([...feeds].map(([name, value]) => [name, narrow(value, "float32")])));
    return graph.outputs.map((name) => toFloat64(fetched.get(name)!));
  } finally {
    await program.release();
  }
}

const agree = (x: readonly Float64Array[], y: readonly Float64Array[]): boolean =>
  x.every((values, k) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    return (
      values.length === y[k]!.length && values.every((value, i) => Math.abs(value - y[k]![i]!) <= tolerance * scale)
    );
  });

/** Whether single precision alone may decide: the reference itself jumps when its inputs move by a few of their last digits. */
function onKink(given: Case): boolean {
  const at = reference(given);
  return [1, 2, 3, 4, 5, 6].some((seed) => {
    const random = new Random(seed);
    const move = (x: number): number => x * (1 + 1e-6 * random.normal());
    const moved = new Map([...given.feeds].map(([name, value]) => [name, { ...value, data: value.data.map(move) }]));
    return !agree(at, reference({ ...given, feeds: moved }));
  });
}

test("2,000 random networks and their gradients: ONNX Runtime and TensorFlow.js agree with the reference", async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-random-"));
  try {
    const runtimes = [await onnxRuntime(new WeightStore(folder)), await tensorFlowRuntime()];
    let kinks = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const given = caseOf(seed);
      const expected = reference(given);
      let kinked = false;
      for (const runtime of runtimes) {
        if (agree(expected, await runOn(runtime, given, seed % 2 ? "full" : "light"))) continue;
        assert.ok(onKink(given), `${runtime.name}, seed ${seed}\n${describeProgram(given.program)}`);
        kinked = true;
      }
      if (kinked) kinks++;
    }
    t.diagnostic(`${kinks} of 2000 left out: they lie on a kink`);
    assert.ok(kinks <= 10);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
