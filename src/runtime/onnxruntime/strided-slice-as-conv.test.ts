import assert from "node:assert/strict";
import test from "node:test";
import { Builder, type Value } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32 } from "../../tensor/tensor.ts";
import { stridedSlicesAsConv } from "./strided-slice-as-conv.ts";

const shape = [1, 16, 9, 11];

const convolved = (b: Builder, x: Value): Value =>
  b.apply("Conv", [x, b.tensor(float32([x.shape[1]!, x.shape[1]!, 1, 1], new Random(3).normals(x.shape[1]! ** 2)))]);
const relu = (b: Builder, x: Value): Value => b.apply("Relu", [convolved(b, x)]);

/** The gradient of conv → ReLU → max pooling with respect to its input. */
function poolingGradient(attributes: Record<string, readonly number[]>, channels = 16, before = relu): Graph {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, channels, ...shape.slice(2)] });
  const y = b.apply("MaxPool", [before(b, x)], attributes);
  const cotangent = b.tensor(float32(y.shape, new Random(5).normals(sizeOf(y.shape))));
  return prune(b.finish([differentiate(b, [{ of: y, cotangent }], [x])[0]!]));
}

const stridedSlices = ({ nodes }: Graph): number =>
  nodes.filter(
    ({ op, attributes }) =>
      op === "Slice" &&
      (attributes["axes"] as number[])[0] === 3 &&
      ((attributes["steps"] as number[] | undefined)?.[0] ?? 1) > 1,
  ).length;

for (const attributes of [
  { kernel_shape: [3, 3], strides: [2, 2] },
  { kernel_shape: [2, 2], strides: [2, 2] },
  { kernel_shape: [3, 4], strides: [2, 3] },
]) {
  test(`max pooling ${JSON.stringify(attributes)}: pixels are selected in the blocked layout, and the gradient is the same to the last bit`, () => {
    for (const before of [
      relu,
      (b: Builder, x: Value) => b.concat([relu(b, x), b.apply("Clip", [convolved(b, x)], { min: 0, max: 1 })], 1),
    ]) {
      const plain = poolingGradient(attributes, 16, before);
      const picked = stridedSlicesAsConv(plain);
      assert.ok(stridedSlices(plain) > 0 && stridedSlices(picked) === 0);
      const feeds = new Map([["x", float32(shape, new Random(9).normals(sizeOf(shape)))]]);
      const [expected, found] = [plain, picked].map(
        (graph) => [...evaluate(graph, feeds, coreOperators).values()][0]!.data,
      );
      assert.deepEqual(found, expected);
      assert.ok(expected!.some((value) => value !== 0));
    }
  });
}

test("few channels, padding with −∞, and values in the plain layout are still sliced", () => {
  const window = { kernel_shape: [3, 3], strides: [2, 2] };
  for (const plain of [
    poolingGradient(window, 12),
    poolingGradient({ ...window, pads: [1, 1, 1, 1] }),
    poolingGradient(window, 16, (b, x) => b.apply("Relu", [x])),
  ]) {
    const slices = stridedSlices(plain);
    assert.ok(slices > 0);
    assert.equal(stridedSlices(stridedSlicesAsConv(plain)), slices);
  }
});
