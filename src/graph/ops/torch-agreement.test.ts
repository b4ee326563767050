import assert from "node:assert/strict";
import { test } from "node:test";
import oracle from "../../../test/oracles/core-operators.json" with { type: "json" };
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import type { AttributeValue } from "../graph.ts";
import { prune } from "../prune.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

/** The formula of test/oracles/core-operators.py; in doubles the square stays exact. */
const pattern = (shape: Shape, seed: number): Array64 =>
  array64(
    "float64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => (((7 * i * i + 3 * i + 5 * seed) % 23) - 11) / 8),
  );

function assertClose(actual: Float64Array, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= 1e-11 * largest, `${what} at ${i}: ${value} instead of ${expected[i]}`),
  );
}

interface Case {
  readonly op: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly { readonly shape: Shape; readonly values: readonly number[] }[];
  readonly gradients: readonly (readonly number[] | null)[];
}

for (const [number, { op, attributes, inputs, outputs, gradients }] of (
  oracle.cases as unknown as readonly Case[]
).entries()) {
  test(`${op} of ${inputs.map((shape) => `[${shape ?? ""}]`).join(" and ")} has PyTorch's values and gradients (case ${number})`, () => {
    const b = new Builder(operators);
    const feeds = new Map<string, Array64>();
    const values = inputs.map((shape, i) => {
      if (shape === null) return null;
      feeds.set(`x${i}`, pattern(shape, i));
      return b.input(`x${i}`, { dtype: "float64", shape });
    });
    const results = b.applyAll(op, values, attributes);
    const given = values.filter((value) => value !== null);
    const seeds = outputs.map(({ shape }, k) => {
      assert.deepEqual(results[k]!.shape, shape);
      feeds.set(`dy${k}`, pattern(shape, 99));
      return { of: results[k]!, cotangent: b.input(`dy${k}`, { dtype: "float64", shape }) };
    });
    const grads = differentiate(b, seeds, given).map((grad, i) =>
      b.apply("Identity", [grad ?? b.zeros(given[i]!)], {}, { names: [`grad${i}`] }),
    );
    const run = evaluate(prune(b.finish([...results.slice(0, outputs.length), ...grads])), feeds, operators);
    outputs.forEach(({ values: expected }, k) => assertClose(run.get(results[k]!.name)!.data, expected, "value"));
    gradients
      .filter((expected) => expected !== null)
      .forEach((expected, i) => assertClose(run.get(`grad${i}`)!.data, expected, `gradient by input ${i}`));
  });
}
