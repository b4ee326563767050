import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { Builder } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32 } from "../../tensor/tensor.ts";
import { WeightStore } from "../weight-store.ts";
import { onnxRuntime } from "./onnxruntime.ts";
import { pretransposeWeights } from "./pretransposed-weights.ts";

const kernel = float32([12, 8, 3, 3], new Random(2).normals(12 * 8 * 9));

/** The gradient of a convolution's sum with respect to its input, which reads the kernel flipped and transposed. */
function gradientOf(identity?: string): Graph {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 8, 6, 6] });
  const weight = b.constant({ ...kernel, load: () => kernel, identity }, "weight");
  const y = b.apply("Conv", [x, weight], { pads: [1, 1, 1, 1] });
  const cotangent = b.tensor(float32(y.shape, new Random(3).normals(sizeOf(y.shape))));
  return prune(b.finish([differentiate(b, [{ of: y, cotangent }], [x])[0]!]));
}

test("a transposed kernel becomes a constant, and the reference evaluates the same gradient to the last bit", () => {
  const plain = gradientOf();
  const turned = pretransposeWeights(plain);
  assert.ok(plain.nodes.some(({ op }) => op === "Transpose") && plain.nodes.some(({ op }) => op === "Slice"));
  assert.deepEqual(
    turned.nodes.map(({ op }) => op),
    ["Conv"],
  );
  const feeds = new Map([["x", float32([1, 8, 6, 6], new Float32Array(288))]]);
  const [before, after] = [plain, turned].map((graph) => [...evaluate(graph, feeds, coreOperators).values()][0]!.data);
  assert.deepEqual(after, before);
});

test("transposing and slicing follow the operators' laws for any axes, steps and ends", () => {
  const weight = float32([6, 5, 4, 3], new Random(8).normals(360));
  const cases: readonly (readonly [string, Graph["nodes"][number]["attributes"]])[] = [
    ["Transpose", {}],
    ["Transpose", { perm: [2, 0, 3, 1] }],
    ["Slice", { starts: [4, -1], ends: [-100, -(2 ** 31)], axes: [0, 3], steps: [-2, -1] }],
    ["Slice", { starts: [1, -3], ends: [2 ** 31, -1], axes: [1, 2] }],
    ["Slice", { starts: [0, 1, 2], ends: [6, 5, 3], steps: [3, 2, 1] }],
  ];
  for (const [op, attributes] of cases) {
    const b = new Builder(coreOperators);
    const graph = b.finish([b.apply(op, [b.tensor(weight)], attributes)]);
    const [name] = graph.outputs;
    const turned = pretransposeWeights(graph).constants.get(name!)!.load();
    assert.ok(turned.data instanceof Float32Array);
    const expected = evaluate(graph, new Map(), coreOperators).get(name!)!;
    assert.deepEqual(
      [turned.shape, [...turned.data]],
      [expected.shape, [...expected.data]],
      `${op} ${JSON.stringify(attributes)}`,
    );
  }
});

test("a second program finds the weight that the first one transposed", () => {
  const plain = gradientOf();
  const made = (graph: Graph) =>
    [...pretransposeWeights(graph).constants.values()].filter(({ shape }) => `${shape}` === "8,12,3,3");
  assert.equal(made(plain)[0], made(plain)[0]);
});

test("a weight with an identity is transposed once for all processes: the store finds it without loading it", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-turned-"));
  test.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const first = await (await onnxRuntime(new WeightStore(folder))).compile(gradientOf("a kernel"));
  const files = fs.readdirSync(folder);
  const constants = [...pretransposeWeights(gradientOf("a kernel")).constants.values()].map((constant) => ({
    ...constant,
    load: () => assert.fail("read again"),
  }));
  const store = new WeightStore(folder);
  for (const constant of constants) if (constant.identity !== undefined) store.locate(constant);
  assert.deepEqual(fs.readdirSync(folder), files);
  await first.release();
});

test("a weight that is too large, or a value that depends on the input, stays a node", () => {
  const b = new Builder(coreOperators);
  const large = b.constant({ dtype: "float32", shape: [4096, 4097], load: () => assert.fail("loaded") }, "large");
  const x = b.transpose(b.input("x", { dtype: "float32", shape: [20, 20] }), [1, 0]);
  const graph = b.finish([b.transpose(large, [1, 0]), x]);
  assert.deepEqual(
    pretransposeWeights(graph).nodes.map(({ op }) => op),
    ["Transpose", "Transpose"],
  );
});
