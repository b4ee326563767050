import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { coreOperators as operators } from "./table.ts";

const random = new Random(11);
const normal = (shape: Shape) => array64("float64", shape, random.normals(sizeOf(shape)));

for (const shapes of [
  [
    [2, 3],
    [3, 4],
  ],
  [[3], [3]],
  [[3], [3, 2]],
  [[2, 3], [3]],
  [
    [2, 1, 2, 3],
    [4, 3, 2],
  ],
  [
    [2, 2, 3],
    [3, 2],
  ],
  [
    [2, 0],
    [0, 3],
  ],
  [[4], [2, 4, 1]],
]) {
  test(`MatMul of ${shapes.map((shape) => `[${shape}]`).join(" by ")}: gradient and second order agree with differences`, () => {
    checkGradient({ operators, build: applying("MatMul"), inputs: shapes.map(normal), order: 2 });
  });
}

for (const transA of [false, true]) {
  for (const transB of [false, true]) {
    for (const bias of [[], [2], [4, 1], [4, 2], undefined]) {
      test(`Gemm with transA ${transA}, transB ${transB} and ${bias ? `a bias of [${bias}]` : "no bias"}: gradient and second order`, () => {
        const shapes = [transA ? [3, 4] : [4, 3], transB ? [2, 3] : [3, 2], ...(bias ? [bias] : [])];
        checkGradient({
          operators,
          build: applying("Gemm", { transA, transB, alpha: 0.5, beta: -2 }),
          inputs: shapes.map(normal),
          order: 2,
        });
      });
    }
  }
}

test("what does not fit is refused in a sentence", () => {
  const apply = (op: string, ...shapes: Shape[]) => {
    const b = new Builder(operators);
    return b.apply(
      op,
      shapes.map((shape, i) => b.input(`x${i}`, { dtype: "float32", shape })),
    );
  };
  assert.throws(() => apply("MatMul", [2, 3], [4, 2]), /MatMul cannot multiply \[2, 3\] by \[4, 2\]/);
  assert.throws(() => apply("MatMul", [2, 2, 3], [3, 3, 2]), /MatMul cannot multiply/);
  assert.throws(() => apply("MatMul", [], [2]), /MatMul cannot multiply/);
  assert.throws(() => apply("Gemm", [2, 3], [2, 3]), /Gemm cannot multiply \[2, 3\] by \[2, 3\]/);
  assert.throws(() => apply("Gemm", [2, 3], [3, 4], [3]), /Gemm cannot add \[3\] to a product of shape \[2, 4\]/);
});
