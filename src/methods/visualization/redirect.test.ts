import assert from "node:assert/strict";
import { test } from "node:test";
import { array64 } from "../../graph/array64.ts";
import { Builder } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { redirectDead } from "./redirect.ts";

test("a gradient passes a rectifier that is inactive in a whole sample where it would activate it, and only there", () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float64", shape: [3, 2] });
  const seed = b.input("seed", { dtype: "float64", shape: [3, 2] });
  const y = b.apply("Clip", [x], { min: 0, max: 6 });
  const [gradient] = differentiate(b, [{ of: y, cotangent: seed }], [x], redirectDead);
  const graph = b.finish([gradient!]);
  const found = evaluate(
    graph,
    new Map([
      ["x", array64("float64", [3, 2], [-1, -2, -1, 3, 7, 8])],
      ["seed", array64("float64", [3, 2], [5, -5, 5, 5, 5, -5])],
    ]),
    coreOperators,
  );
  assert.deepEqual(
    [...found.get(graph.outputs[0]!)!.data].map((value) => value + 0),
    [5, 0, 0, 5, 0, -5],
  );
});
