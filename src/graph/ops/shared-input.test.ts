/**
 * An operator of several inputs that all depend on one value: its law gives each input its own part, and no path is
 * counted twice. The second input is made of the first, as the grid of a spatial transformer is made of its picture.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { operatorCases } from "../../runtime/tensorflow/operator-cases.ts";
import { isFloat } from "../../tensor/dtype.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64, toFloat64 } from "../../tensor/tensor.ts";
import { array64 } from "../array64.ts";
import { checkGradient } from "../gradient-check.ts";
import { coreOperators } from "./table.ts";

const several = operatorCases.filter(
  ({ op, inputs }) =>
    inputs.filter((input) => input && isFloat(input.dtype)).length > 1 && coreOperators.get(op)!.backward !== "none",
);

test("there is a case for each operator that takes several floats", () => {
  assert.ok(new Set(several.map(({ op }) => op)).size >= 15, [...new Set(several.map(({ op }) => op))].join());
});

for (const [i, { op, inputs, attributes }] of several.entries()) {
  test(`${op}, case ${i}: every input depends on the first`, () => {
    const first = inputs.findIndex((input) => input !== null && isFloat(input.dtype));
    const x = inputs[first]!;
    // Away from kinks and ties.
    const values = toFloat64(x).map(
      (value, k) => (op === "Pow" ? 1 + Math.abs(value) : value) + 0.0137 * ((k * 7) % 11),
    );
    checkGradient({
      operators: coreOperators,
      inputs: [array64("float64", x.shape, values)],
      tolerance: 1e-5,
      build: (b, [own]) => {
        // A number of the first, small enough that the others stay where their laws are smooth.
        const small = b.scale(
          b.sum(
            b.apply("Tanh", [own!]),
            own!.shape.map((_, axis) => axis),
          ),
          0.01 / sizeOf(own!.shape),
        );
        const all = inputs.map((input, k) => {
          if (input === null || k === first) return input === null ? null : own!;
          if (!isFloat(input.dtype)) return b.tensor(input);
          const constant = b.tensor(fromFloat64("float64", input.shape, [...toFloat64(input)]));
          return b.add(
            constant,
            b.expand(
              b.reshape(
                small,
                input.shape.map(() => 1),
              ),
              input.shape,
            ),
          );
        });
        return b.applyAll(op, all, attributes);
      },
    });
  });
}
