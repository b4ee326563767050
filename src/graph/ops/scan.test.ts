import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { coreOperators as operators } from "./table.ts";

test("CumSum: the four kinds of running sum", () => {
  const run = (exclusive: boolean, reverse: boolean) => {
    const b = new Builder(operators);
    const y = b.apply("CumSum", [b.input("x", { dtype: "int32", shape: [2, 3] })], { axis: 1, exclusive, reverse });
    return [
      ...evaluate(b.finish([y]), new Map([["x", array64("int32", [2, 3], [1, 2, 3, 4, 5, 6])]]), operators).get(y.name)!
        .data,
    ];
  };
  assert.deepEqual(run(false, false), [1, 3, 6, 4, 9, 15]);
  assert.deepEqual(run(true, false), [0, 1, 3, 0, 4, 9]);
  assert.deepEqual(run(false, true), [6, 5, 3, 15, 11, 6]);
  assert.deepEqual(run(true, true), [5, 3, 0, 11, 6, 0]);
});

test("CumSum: gradient agrees with differences along every axis", () => {
  for (const axis of [0, 1, -1]) {
    for (const exclusive of [false, true]) {
      for (const reverse of [false, true]) {
        const x = array64("float64", [2, 3, 2], new Random(1).normals(12));
        checkGradient({ operators, build: applying("CumSum", { axis, exclusive, reverse }), inputs: [x], order: 2 });
      }
    }
  }
  checkGradient({ operators, build: applying("CumSum", { axis: 1 }), inputs: [array64("float64", [2, 0], [])] });
});
