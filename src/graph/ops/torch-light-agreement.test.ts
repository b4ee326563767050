import assert from "node:assert/strict";
import { test } from "node:test";
import oracle from "../../../test/oracles/light-operators.json" with { type: "json" };
import type { DType } from "../../tensor/dtype.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import type { AttributeValue } from "../graph.ts";
import { differentiate } from "../transform/differentiate.ts";
import { coreOperators as operators } from "./table.ts";

interface Case {
  readonly op: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly inputs: readonly { readonly dtype: DType; readonly shape: Shape; readonly values: readonly number[] }[];
  readonly output: { readonly shape: Shape; readonly values: readonly number[] };
  readonly gradients: readonly (readonly number[])[];
}

/** The weights of light-operators.py. */
const weights = (shape: Shape): Array64 =>
  array64(
    "float64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => (((3 * i) % 7) - 2) / 4),
  );

function assertClose(actual: Float64Array, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= 1e-13 * scale, `${what} ${i}: ${value}, not ${expected[i]}`),
  );
}

for (const { op, attributes, inputs, output, gradients } of oracle.cases as unknown as readonly Case[]) {
  test(`${op} ${JSON.stringify(attributes)} has PyTorch's value and gradients, at ties and kinks too`, () => {
    const b = new Builder(operators);
    const feeds = new Map(inputs.map(({ dtype, shape, values }, i) => [`x${i}`, array64(dtype, shape, values)]));
    const values = inputs.map((input, i) => b.input(`x${i}`, input));
    const result = b.apply(op, values, attributes);
    assert.deepEqual(result.shape, output.shape);
    const floats = values.filter(({ dtype }) => dtype === "float64");
    const cotangent = b.input("weights", result);
    const grads = differentiate(b, [{ of: result, cotangent }], floats).map((grad, i) => grad ?? b.zeros(floats[i]!));
    const named = grads.map((grad, i) => b.apply("Identity", [grad], {}, { names: [`gradient ${i}`] }));
    const run = evaluate(b.finish([result, ...named]), feeds.set("weights", weights(result.shape)), operators);
    assertClose(run.get(result.name)!.data, output.values, "value");
    gradients.forEach((expected, i) => assertClose(run.get(`gradient ${i}`)!.data, expected, `gradient ${i}, element`));
  });
}
