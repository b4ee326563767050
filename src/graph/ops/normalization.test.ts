import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import type { AttributeValue } from "../graph.ts";
import { coreOperators as operators } from "./table.ts";

const random = new Random(13);
const normal = (shape: Shape) => array64("float64", shape, random.normals(sizeOf(shape)));

const cases: readonly (readonly [string, readonly Shape[], Readonly<Record<string, AttributeValue>>])[] = [
  ["LayerNormalization", [[2, 3, 4], [4], [4]], {}],
  ["LayerNormalization", [[2, 3, 4], [4]], { epsilon: 0.1 }],
  [
    "LayerNormalization",
    [
      [2, 3, 4],
      [3, 1],
      [1, 4],
    ],
    { axis: 1 },
  ],
  ["InstanceNormalization", [[2, 3, 5], [3], [3]], {}],
  ["InstanceNormalization", [[1, 2, 2, 3, 2], [2], [2]], {}],
  ["GroupNormalization", [[2, 4, 3], [4], [4]], { num_groups: 2 }],
  ["GroupNormalization", [[1, 4, 2, 2], [4], [4]], { num_groups: 1 }],
  ["LRN", [[1, 5, 2, 2]], { size: 3, alpha: 0.5, beta: 0.75, bias: 1 }],
  ["LRN", [[1, 4, 3]], { size: 4, alpha: 0.7, beta: 0.5, bias: 2 }],
];

for (const [op, shapes, attributes] of cases) {
  test(`${op} of ${shapes.map((shape) => `[${shape}]`).join(" and ")} ${JSON.stringify(attributes)}: gradient and second order agree with differences`, () => {
    checkGradient({ operators, build: applying(op, attributes), inputs: shapes.map(normal), order: 2 });
  });
}

test("normalized values have mean 0 and variance 1, whatever their offset", () => {
  const x = array64(
    "float64",
    [3, 50],
    normal([3, 50]).data.map((value) => 1e6 + 3 * value),
  );
  const [one, zero] = [
    array64("float64", [50], new Array<number>(50).fill(1)),
    array64("float64", [50], new Array<number>(50).fill(0)),
  ];
  const b = new Builder(operators);
  const graph = b.finish([
    b.apply("LayerNormalization", [b.input("x", x), b.input("scale", one), b.input("bias", zero)], { epsilon: 0 }),
  ]);
  const { data } = [
    ...evaluate(
      graph,
      new Map([
        ["x", x],
        ["scale", one],
        ["bias", zero],
      ]),
      operators,
    ).values(),
  ][0]!;
  for (let row = 0; row < 3; row++) {
    const values = data.subarray(row * 50, (row + 1) * 50);
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0)) < 1e-8);
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value * value, 0) - 50) < 1e-8);
  }
});

test("an even LRN window reaches one channel further after than before", () => {
  const x = array64("float64", [1, 4, 1], [1, 0, 0, 0]);
  const b = new Builder(operators);
  const graph = b.finish([b.apply("LRN", [b.input("x", x)], { size: 2, alpha: 2, beta: 1, bias: 1 })]);
  assert.deepEqual([...[...evaluate(graph, new Map([["x", x]]), operators).values()][0]!.data], [0.5, 0, 0, 0]);
  const later = array64("float64", [1, 4, 1], [1, 1, 0, 0]);
  assert.deepEqual([...[...evaluate(graph, new Map([["x", later]]), operators).values()][0]!.data], [1 / 3, 0.5, 0, 0]);
});

test("what does not fit is refused in a sentence", () => {
  const apply = (op: string, shapes: readonly Shape[], attributes: Readonly<Record<string, AttributeValue>> = {}) => {
    const b = new Builder(operators);
    return b.apply(
      op,
      shapes.map((shape, i) => b.input(`x${i}`, { dtype: "float32", shape })),
      attributes,
    );
  };
  assert.throws(() => apply("LayerNormalization", [[2, 3], [4]]), /LayerNormalization cannot broadcast/);
  assert.throws(() => apply("InstanceNormalization", [[2, 3, 4], [2], [3]]), /cannot scale by \[2\]/);
  assert.throws(
    () => apply("GroupNormalization", [[2, 3, 4], [3], [3]], { num_groups: 2 }),
    /cannot make 2 groups of 3 channels/,
  );
});
