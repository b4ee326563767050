import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { coreOperators as operators } from "./table.ts";

for (const op of ["Softmax", "LogSoftmax"]) {
  test(`${op}: gradient and second order agree with differences along every axis`, () => {
    for (const [shape, axis] of [
      [[4], 0],
      [[2, 3], -1],
      [[2, 3, 2], 1],
      [[2, 3], 0],
      [[2, 0], 1],
      [[0, 2], 1],
    ] as const) {
      const x = array64("float64", shape, new Random(1).normals(sizeOf(shape)));
      checkGradient({ operators, build: applying(op, { axis }), inputs: [x], order: 2 });
    }
  });
}

test("large logits neither overflow nor lose the small probabilities", () => {
  const run = (op: string, values: readonly number[]): number[] => {
    const b = new Builder(operators);
    const y = b.apply(op, [b.input("x", { dtype: "float64", shape: [values.length] })]);
    return [
      ...evaluate(b.finish([y]), new Map([["x", array64("float64", [values.length], values)]]), operators).get(y.name)!
        .data,
    ];
  };
  assert.deepEqual(run("Softmax", [1000, 0, -1000]), [1, 0, 0]);
  assert.deepEqual(run("LogSoftmax", [1000, 0, -1000]), [0, -1000, -2000]);
  const [a, b] = run("Softmax", [0, Math.log(3)]);
  assert.ok(Math.abs(a! - 0.25) < 1e-15 && Math.abs(b! - 0.75) < 1e-15);
});
