import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
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
const at = (shape: Shape, ...indices: readonly number[]): Array64 => array64("int64", shape, indices);

function run(op: string, inputs: readonly Array64[], attributes: Attributes = {}): { shape: Shape; data: number[] } {
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

const check = (op: string, inputs: readonly Array64[], attributes: Attributes = {}, order: 1 | 2 = 2): void =>
  checkGradient({ operators, build: applying(op, attributes), inputs, order });

test("values agree with numpy.take, take_along_axis and hand-made tuples", () => {
  const x = counting([2, 3]);
  assert.deepEqual(run("Gather", [x, at([2], 2, -3)], { axis: 1 }), { shape: [2, 2], data: [2, 0, 5, 3] });
  assert.deepEqual(run("Gather", [x, at([], -1)]), { shape: [3], data: [3, 4, 5] });
  assert.deepEqual(run("Gather", [x, at([1, 2], 1, 1)], { axis: -1 }), { shape: [2, 1, 2], data: [1, 1, 4, 4] });
  assert.deepEqual(run("GatherElements", [x, at([2, 2], 0, -1, 2, 1)], { axis: 1 }), {
    shape: [2, 2],
    data: [0, 2, 5, 4],
  });
  assert.deepEqual(run("GatherElements", [x, at([1, 2], 1, 0)]), { shape: [1, 2], data: [3, 1] });
  assert.deepEqual(run("GatherND", [x, at([2, 2], 0, 0, 1, -1)]), { shape: [2], data: [0, 5] });
  assert.deepEqual(run("GatherND", [x, at([1, 1], 1)]), { shape: [1, 3], data: [3, 4, 5] });
  assert.deepEqual(run("GatherND", [counting([2, 2, 2]), at([2, 1], 1, 0)], { batch_dims: 1 }), {
    shape: [2, 2],
    data: [2, 3, 4, 5],
  });
  assert.deepEqual(run("GatherND", [x, at([2, 2, 1], 0, 2, 1, 1)], { batch_dims: 1 }), {
    shape: [2, 2],
    data: [0, 2, 4, 4],
  });
});

test("every reduction joins updates with what is there, in order", () => {
  const x = array64("float64", [4], [1, 2, 3, 4]);
  const indices = at([3], 1, -1, 1);
  const updates = array64("float64", [3], [5, -6, 7]);
  const scattered = (reduction: string) => run("ScatterElements", [x, indices, updates], { reduction }).data;
  assert.deepEqual(scattered("none"), [1, 7, 3, -6]);
  assert.deepEqual(scattered("add"), [1, 14, 3, -2]);
  assert.deepEqual(scattered("mul"), [1, 70, 3, -24]);
  assert.deepEqual(scattered("max"), [1, 7, 3, 4]);
  assert.deepEqual(scattered("min"), [1, 2, 3, -6]);
  assert.deepEqual(
    run("ScatterND", [counting([2, 2]), at([1, 1], 1), array64("float64", [1, 2], [8, 9])]).data,
    [0, 1, 8, 9],
  );
  assert.deepEqual(
    run("ScatterElements", [counting([2, 2]), at([1, 2], 1, 0), array64("float64", [1, 2], [8, 9])]).data,
    [0, 9, 8, 3],
  );
});

test("an index outside is refused with a sentence", () => {
  assert.throws(
    () => run("Gather", [counting([3]), at([1], 3)]),
    /Gather got the index 3, but the axis has 3 elements/,
  );
  assert.throws(() => run("ScatterND", [counting([3]), at([1, 1], -4), counting([1])]), /index -4/);
  assert.throws(() => run("Gather", [counting([3]), counting([1])]), /Gather takes int64 or int32, not float64/);
  assert.throws(() => run("Gather", [counting([]), at([1], 0)]), /scalar/);
  assert.throws(() => run("GatherND", [counting([3]), at([1, 2], 0, 0)]), /cannot read \[3\] at tuples of \[1, 2\]/);
  assert.throws(() => run("ScatterElements", [counting([3]), at([2], 0, 0), counting([1])]), /cannot write/);
  assert.throws(
    () => run("ScatterND", [counting([3]), at([1, 1], 0), counting([1])], { reduction: "mean" }),
    /does not support the reduction mean/,
  );
});

test("gathers: gradients agree with differences, repeated indices and empty axes too", () => {
  check("Gather", [normal([4, 3]), at([2, 3], 0, 3, 3, -1, 1, 0)], { axis: 0 });
  check("Gather", [normal([2, 4, 3]), at([3], 1, 1, -4)], { axis: 1 });
  check("Gather", [normal([2, 3, 4]), at([2, 2], 3, 0, 3, 3)], { axis: -1 });
  check("Gather", [normal([2, 3]), at([], 1)], { axis: 1 });
  check("Gather", [normal([2, 3]), at([0])], { axis: 1 });
  check("GatherElements", [normal([3, 4]), at([2, 5], 0, 1, 1, 3, -1, 2, 2, 2, 0, 0)], { axis: 1 });
  check("GatherElements", [normal([3, 2]), at([4, 2], 0, 1, 1, 1, 2, 1, 0, 0)], { axis: 0 });
  check("GatherND", [normal([3, 2, 2]), at([2, 2], 0, 1, 2, 0)]);
  check("GatherND", [normal([3, 2]), at([3, 1], 0, 0, 2)]);
  check("GatherND", [normal([2, 3, 2]), at([2, 2, 1], 0, 0, 2, 1)], { batch_dims: 1 });
  check("GatherND", [normal([2, 2, 3]), at([2, 2, 1], 0, 2, 2, 1)], { batch_dims: 2 });
});

test("Gather at one constant index is a slice, so its gradient is a Pad", () => {
  for (const [axis, index] of [
    [0, 1],
    [1, -1],
    [2, 0],
  ] as const) {
    for (const shape of [[], [1], [1, 1]]) {
      checkGradient({
        operators,
        build: (b, [x]) => b.apply("Gather", [x, b.tensor(fromFloat64("int64", shape, [index]))], { axis }),
        inputs: [normal([2, 3, 2])],
        order: 2,
      });
    }
  }
});

test("scatters: gradients of data and updates agree with differences", () => {
  const elements = [normal([3, 4]), at([2, 4], 0, 2, 1, 1, 0, 2, 1, 0), normal([2, 4], 2)] as const;
  const tuples = [normal([3, 2, 2]), at([3, 2], 0, 1, 2, 0, 0, 1), normal([3, 2], 2)] as const;
  for (const reduction of ["add", "max", "min"]) {
    check("ScatterElements", elements, { axis: 0, reduction });
    check("ScatterND", tuples, { reduction });
  }
  check("ScatterElements", elements, { axis: 0, reduction: "mul" });
  check("ScatterND", tuples, { reduction: "mul" });
  check("ScatterElements", [normal([2, 3]), at([2, 2], 0, 2, 1, -1), normal([2, 2], 2)], { axis: 1 });
  check("ScatterND", [normal([3, 2]), at([2, 1], 2, 0), normal([2, 2], 2)]);
  check("ScatterND", [normal([3, 2]), at([0, 1]), normal([0, 2], 2)]);
});

test("a scattered product has its gradient where updates are zero", () => {
  for (const updates of [
    [0, 2, 3],
    [0, 0, 3],
    [0, 0, 0],
  ]) {
    check(
      "ScatterElements",
      [array64("float64", [2], [1.5, -2]), at([3], 0, 0, 1), array64("float64", [3], updates)],
      { reduction: "mul" },
      1,
    );
  }
});
