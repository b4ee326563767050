import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { Attributes } from "../graph.ts";
import { coreOperators as operators } from "./table.ts";

const normal = (shape: Shape, seed = 1): Array64 => array64("float64", shape, new Random(seed).normals(sizeOf(shape)));
const counting = (shape: Shape): Array64 =>
  array64(
    "float64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );

function run(op: string, inputs: readonly Array64[], attributes: Attributes): { shape: Shape; data: number[] } {
  const b = new Builder(operators);
  const y = b.apply(
    op,
    inputs.map((value, i) => b.input(`x${i}`, value)),
    attributes,
  );
  const result = evaluate(b.finish([y]), new Map(inputs.map((value, i) => [`x${i}`, value])), operators).get(y.name)!;
  assert.deepEqual(result.shape, y.shape, "the reference has the inferred shape");
  return { shape: y.shape, data: [...result.data] };
}

const cases: readonly (readonly [string, readonly Shape[], Attributes])[] = [
  ["Identity", [[2, 3]], {}],
  ["Reshape", [[2, 6]], { shape: [3, 4] }],
  ["Reshape", [[2, 6]], { shape: [-1, 3, 2] }],
  ["Reshape", [[1]], { shape: [] }],
  ["Reshape", [[2, 0]], { shape: [0, 7] }],
  ["Transpose", [[2, 3, 4]], { perm: [2, 0, 1] }],
  ["Transpose", [[2, 3, 4]], {}],
  ["Transpose", [[]], {}],
  ["Transpose", [[2, 0, 3]], { perm: [1, 2, 0] }],
  ["Expand", [[3, 1]], { shape: [2, 1, 4] }],
  ["Expand", [[3, 4]], { shape: [1] }],
  ["Expand", [[]], { shape: [2, 2] }],
  ["Expand", [[1, 2]], { shape: [0, 2] }],
  [
    "Concat",
    [
      [2, 1, 2],
      [2, 3, 2],
      [2, 0, 2],
    ],
    { axis: 1 },
  ],
  [
    "Concat",
    [
      [2, 3],
      [2, 1],
    ],
    { axis: -1 },
  ],
  ["Concat", [[2]], { axis: 0 }],
  ["Tile", [[2, 3]], { repeats: [2, 1] }],
  ["Tile", [[2, 1, 3]], { repeats: [3, 2, 2] }],
  ["Tile", [[2, 3]], { repeats: [0, 2] }],
  ["Tile", [[]], { repeats: [] }],
];

for (const [op, shapes, attributes] of cases) {
  test(`${op} ${JSON.stringify(shapes)} ${JSON.stringify(attributes)}: gradient agrees with differences`, () => {
    checkGradient({
      operators,
      build: applying(op, attributes),
      inputs: shapes.map((shape, i) => normal(shape, i + 1)),
      order: 2,
    });
  });
}

test("elements land where NumPy puts them", () => {
  assert.deepEqual(run("Transpose", [counting([2, 3])], {}), { shape: [3, 2], data: [0, 3, 1, 4, 2, 5] });
  assert.deepEqual(run("Transpose", [counting([2, 1, 3])], { perm: [1, 2, 0] }), {
    shape: [1, 3, 2],
    data: [0, 3, 1, 4, 2, 5],
  });
  assert.deepEqual(run("Expand", [counting([2, 1])], { shape: [1, 2] }), { shape: [2, 2], data: [0, 0, 1, 1] });
  assert.deepEqual(run("Tile", [counting([1, 2])], { repeats: [2, 2] }), {
    shape: [2, 4],
    data: [0, 1, 0, 1, 0, 1, 0, 1],
  });
  assert.deepEqual(run("Concat", [counting([2, 1]), counting([2, 2])], { axis: 1 }), {
    shape: [2, 3],
    data: [0, 0, 1, 1, 2, 3],
  });
});

test("what does not fit is refused with a sentence", () => {
  const refuse = (op: string, shapes: readonly Shape[], attributes: Attributes, sentence: RegExp) =>
    assert.throws(
      () =>
        run(
          op,
          shapes.map((shape) => counting(shape)),
          attributes,
        ),
      sentence,
    );
  refuse("Reshape", [[2, 3]], { shape: [4, -1] }, /Reshape cannot make \[4, -1\] of \[2, 3\]/);
  refuse("Reshape", [[2, 3]], { shape: [-1, -1] }, /cannot make/);
  refuse("Reshape", [[2, 0]], { shape: [0, -1] }, /cannot make/);
  refuse("Transpose", [[2, 3]], { perm: [0, 0] }, /does not permute the 2 axes/);
  refuse("Expand", [[2, 3]], { shape: [4, 3] }, /Expand cannot broadcast \[2, 3\] to \[4, 3\]/);
  refuse(
    "Concat",
    [
      [2, 3],
      [3, 4],
    ],
    { axis: 0 },
    /Concat along axis 0 cannot join/,
  );
  refuse("Tile", [[2, 3]], { repeats: [2] }, /one repeat/);
});
