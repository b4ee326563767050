import assert from "node:assert/strict";
import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { array64 } from "../../graph/array64.ts";
import { Builder } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { intoRange, type Range } from "./range.ts";

test("the soft range maps to [0, 1], 0 to the mean colour, and is steep where the sigmoid is flat", () => {
  const at = (range: Range, values: readonly number[]): number[] => {
    const b = new Builder(coreOperators);
    const x = b.input("x", { dtype: "float64", shape: [values.length, 3, 1, 1] });
    const graph = b.finish([intoRange(b, x, range, "BGR")]);
    const data = Float64Array.from(values.flatMap((value) => [value, value, value]));
    return [
      ...evaluate(graph, new Map([["x", array64("float64", x.shape, data)]]), coreOperators).get(graph.outputs[0]!)!
        .data,
    ];
  };
  const squashed = (mean: number, x: number): number =>
    0.5 + (x + mean - 0.5) / Math.sqrt(1 + (2 * (x + mean) - 1) ** 2);
  near(
    at("soft", [0, 3]),
    [0, 3].flatMap((x) => [0.41, 0.46, 0.48].map((mean) => squashed(mean, x))),
    1e-12,
  );
  assert.ok(at("soft", [-1e4, 1e4]).every((value) => value >= 0 && value <= 1));
  const slope = (range: Range): number => (at(range, [12.001])[0]! - at(range, [12])[0]!) / 0.001;
  assert.ok(slope("soft") > 10 * slope("sigmoid") && slope("sigmoid") > 0);
});
