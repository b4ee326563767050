import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { prune } from "../prune.ts";
import { maxPoolIndices } from "./pooling-indices.ts";
import { coreOperators as operators } from "./table.ts";

test("the indices name the first maximum of each window in row-major order", () => {
  const random = new Random(29);
  const attributes = { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], dilations: [1, 2] };
  const shape = [2, 3, 6, 7];
  const x = array64(
    "float32",
    shape,
    Float64Array.from({ length: 252 }, () => Math.floor(random.uniform(0, 4))),
  );
  for (const storage_order of [0, 1]) {
    const b = new Builder(operators);
    const value = b.input("x", x);
    const y = b.apply("MaxPool", [value], attributes);
    const graph = prune(b.finish([y, maxPoolIndices(b, value, y, { ...attributes, storage_order })]));
    const [maxima, indices] = [...evaluate(graph, new Map([["x", x]]), operators).values()];
    assert.deepEqual([indices!.dtype, indices!.shape], ["int64", y.shape]);
    const [, , rows, columns] = y.shape;
    indices!.data.forEach((index, at) => {
      const [plane, oh, ow] = [Math.floor(at / (rows! * columns!)), Math.floor(at / columns!) % rows!, at % columns!];
      const taps = [0, 1, 2]
        .flatMap((kh) => [0, 1].map((kw) => [oh * 2 + kh - 1, ow * 2 + kw * 2] as const))
        .filter(([h, w]) => h >= 0 && h < 6 && w < 7);
      const [h, w] = taps.find(([row, column]) => x.data[plane * 42 + row * 7 + column] === maxima!.data[at])!;
      assert.equal(index, plane * 42 + (storage_order === 0 ? h * 7 + w : w * 6 + h));
    });
  }
});

test("a window over the whole image has its index, too", () => {
  const x = array64("float32", [1, 2, 2, 2], [0, 3, 3, 1, -5, -4, -3, -3]);
  const b = new Builder(operators);
  const value = b.input("x", x);
  const attributes = { kernel_shape: [2, 2] };
  const graph = prune(b.finish([maxPoolIndices(b, value, b.apply("MaxPool", [value], attributes), attributes)]));
  assert.deepEqual([...[...evaluate(graph, new Map([["x", x]]), operators).values()][0]!.data], [1, 6]);
});
