import assert from "node:assert/strict";
import test from "node:test";
import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { float32, fromFloat64, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import { referenceRuntime } from "../reference/reference.ts";
import type { Runtime } from "../runtime.ts";
import { startBackend } from "./backend.ts";
import { operatorCases } from "./operator-cases.ts";
import { tensorFlowRuntime } from "./tensorflow.ts";

const runtime = await tensorFlowRuntime();
const { tf, name, note } = await startBackend();

const outcome = async (on: Runtime, graph: Graph, feeds: ReadonlyMap<string, Tensor>): Promise<Tensor[]> => {
  const program = await on.compile(graph);
  const fetched = await program.run(feeds);
  await program.release();
  return graph.outputs.map((output) => fetched.get(output)!);
};

/** |x − y| ≤ 1e-4 · max(1, ‖y‖∞). */
function assertAgree(actual: Tensor, expected: Tensor): void {
  assert.deepEqual(actual.shape, expected.shape);
  const [x, y] = [toFloat64(actual), toFloat64(expected)];
  const scale = y.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  x.forEach((value, i) =>
    assert.ok(
      Object.is(value, y[i]) || Math.abs(value - y[i]!) <= 1e-4 * scale,
      `element ${i} is ${value}, not ${y[i]}`,
    ),
  );
}

test("the backend is native if it is installed, else WebAssembly with a note that says why", () => {
  if (name === "wasm") assert.match(note!, /tfjs-node/);
  else assert.equal(note, undefined);
});

test("every operator of the core has a case", () => {
  const covered = new Set(operatorCases.map(({ op }) => op));
  assert.deepEqual(
    [...coreOperators.keys()].filter((op) => !covered.has(op)),
    [],
  );
});

for (const [i, { op, inputs, attributes }] of operatorCases.entries()) {
  test(`${op} agrees with the reference: ${inputs.map((input) => `[${input?.shape}]`).join(" ")} ${JSON.stringify(attributes)} (${i})`, async () => {
    const b = new Builder(coreOperators);
    const values = inputs.map((input, k) => input && b.input(`x${k}`, input)) as Value[];
    const graph = b.finish(b.applyAll(op, values, attributes ?? {}));
    const feeds = new Map(inputs.flatMap((input, k) => (input ? [[`x${k}`, input] as const] : [])));
    const [actual, expected] = await Promise.all([
      outcome(runtime, graph, feeds),
      outcome(referenceRuntime, graph, feeds),
    ]);
    actual.forEach((value, k) => {
      assert.equal(value.dtype, graph.types.get(graph.outputs[k]!)!.dtype);
      assertAgree(value, expected[k]!);
    });
  });
}

test("images stay channels-last from one layer to the next, through all operators that preserve the layout", async () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [2, 3, 8, 8] });
  const weight = (name: string, shape: number[], seed: number): Value =>
    b.tensor(
      float32(
        shape,
        Array.from({ length: shape.reduce((n, e) => n * e, 1) }, (_, i) => Math.sin(seed + i)),
      ),
      name,
    );
  const first = b.apply("Conv", [x, weight("w1", [4, 3, 3, 3], 1)], { pads: [1, 1, 1, 1] });
  const scaled = b.apply("Relu", [
    b.add(b.mul(first, weight("scale", [4, 1, 1], 2)), weight("shift", [1, 4, 1, 1], 3)),
  ]);
  const joined = b.concat([scaled, b.mul(scaled, b.mask(b.greater(first, b.scalar(0.5, "float32")), "float32"))], 1);
  const cut = b.slice(b.apply("Pad", [joined], { pads: [0, 0, 1, 0, 0, 0, 0, 2] }), [1, 2], [1, 0], [7, 9]);
  const means = b.apply("ReduceMean", [cut], { axes: [2, 3], keepdims: true });
  const gated = b.mul(cut, b.apply("Sigmoid", [means]));
  const pooled = b.apply("MaxPool", [gated], { kernel_shape: [2, 2], strides: [2, 2] });
  const flat = b.reshape(pooled, [2, -1]);
  const graph = b.finish([
    flat,
    b.apply("ReduceSum", [gated], { axes: [1], keepdims: false }),
    b.expand(means, [2, 6, 3, 2]),
  ]);
  const feeds = new Map([
    [
      "x",
      float32(
        [2, 3, 8, 8],
        Array.from({ length: 384 }, (_, i) => Math.cos(i * i)),
      ),
    ],
  ]);
  const [actual, expected] = await Promise.all([
    outcome(runtime, graph, feeds),
    outcome(referenceRuntime, graph, feeds),
  ]);
  actual.forEach((value, k) => assertAgree(value, expected[k]!));
});

test("an index beyond 32 bits is rejected with a readable error", async () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [4] });
  const i = b.input("i", { dtype: "int64", shape: [1] });
  const graph = b.finish([b.apply("Gather", [x, i])]);
  const feeds = new Map([
    ["x", float32([4], [1, 2, 3, 4])],
    ["i", fromFloat64("int64", [1], [2 ** 33])],
  ]);
  await assert.rejects(
    outcome(runtime, graph, feeds),
    (error) => error instanceof GlassboxError && /32-bit integers only/.test(error.message),
  );
});

test("a released program leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  const { op, inputs, attributes } = operatorCases.find((candidate) => candidate.op === "Conv")!;
  const b = new Builder(coreOperators);
  const [x, w, bias] = inputs as Tensor[];
  const graph = b.finish(b.applyAll(op, [b.input("x", x!), b.tensor(w!), b.tensor(bias!)], attributes ?? {}));
  const program = await runtime.compile(graph);
  for (let i = 0; i < 3; i++) await program.run(new Map([["x", x!]]));
  await program.release();
  assert.equal(tf.memory().numTensors, before);
});
