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

type Attributes = Readonly<Record<string, AttributeValue>>;

const random = new Random(17);
const normal = (shape: Shape) => array64("float64", shape, random.normals(sizeOf(shape)));

function line(values: readonly number[], attributes: Attributes): number[] {
  const b = new Builder(operators);
  const x = array64("float64", [values.length], values);
  const graph = b.finish([b.apply("Resize", [b.input("x", x)], attributes)]);
  return [...[...evaluate(graph, new Map([["x", x]]), operators).values()][0]!.data];
}

const coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];

for (const mode of ["nearest", "linear", "cubic"]) {
  for (const coordinate_transformation_mode of coordinates) {
    test(`Resize, ${mode}, ${coordinate_transformation_mode}: gradient and second order, larger and smaller`, () => {
      for (const scales of [
        [1, 1, 2, 3],
        [1, 1, 0.6, 1.7],
        [1, 1, 1, 0.5],
        [2, 1, 1, 1],
      ]) {
        checkGradient({
          operators,
          build: applying("Resize", { mode, coordinate_transformation_mode, scales }),
          inputs: [normal([1, 2, 3, 4])],
          order: 2,
        });
      }
    });
  }
  test(`Resize, ${mode}, a cropped region, antialiased and outside excluded: gradients`, () => {
    const region = {
      coordinate_transformation_mode: "tf_crop_and_resize",
      roi: [0.2, -0.3, 0.9, 1.2],
      extrapolation_value: 5,
    };
    const sizes = [4, 5];
    checkGradient({
      operators,
      build: applying("Resize", { mode, axes: [1, 2], sizes, ...region }),
      inputs: [normal([2, 3, 4])],
    });
    checkGradient({
      operators,
      build: applying("Resize", {
        mode,
        axes: [0, 1],
        sizes: [2, 3],
        antialias: mode !== "nearest",
        exclude_outside: mode === "cubic",
      }),
      inputs: [normal([5, 7])],
    });
  });
}

test("nearest rounds halves as nearest_mode says", () => {
  const up = { scales: [2], coordinate_transformation_mode: "asymmetric" };
  assert.deepEqual(line([1, 2], { ...up, nearest_mode: "floor" }), [1, 1, 2, 2]);
  assert.deepEqual(line([1, 2], { ...up, nearest_mode: "ceil" }), [1, 2, 2, 2]);
  assert.deepEqual(line([1, 2], { ...up, nearest_mode: "round_prefer_floor" }), [1, 1, 2, 2]);
  assert.deepEqual(line([1, 2], { ...up, nearest_mode: "round_prefer_ceil" }), [1, 2, 2, 2]);
});

test("linear interpolation of a ramp is a ramp", () => {
  assert.deepEqual(
    line([0, 1, 2], { mode: "linear", sizes: [5], coordinate_transformation_mode: "align_corners" }),
    [0, 0.5, 1, 1.5, 2],
  );
  assert.deepEqual(
    line([0, 4], { mode: "linear", scales: [2], coordinate_transformation_mode: "half_pixel" }),
    [0, 1, 3, 4],
  );
});

test("beyond a cropped region comes the extrapolation value", () => {
  const attributes = {
    mode: "linear",
    sizes: [3],
    roi: [0, 2],
    coordinate_transformation_mode: "tf_crop_and_resize",
    extrapolation_value: 9,
  };
  assert.deepEqual(line([1, 2, 3], attributes), [1, 3, 9]);
});

test("the aspect ratio is kept below or above the wanted sizes", () => {
  const shape = (keep_aspect_ratio_policy: string) => {
    const b = new Builder(operators);
    return b.apply("Resize", [b.input("x", { dtype: "float32", shape: [1, 1, 2, 4] })], {
      sizes: [6, 6],
      axes: [2, 3],
      keep_aspect_ratio_policy,
    }).shape;
  };
  assert.deepEqual(shape("stretch"), [1, 1, 6, 6]);
  assert.deepEqual(shape("not_larger"), [1, 1, 3, 6]);
  assert.deepEqual(shape("not_smaller"), [1, 1, 6, 12]);
});

test("what does not fit is refused in a sentence", () => {
  assert.throws(() => line([1, 2], {}), /Resize needs either scales or sizes/);
  assert.throws(() => line([1, 2], { scales: [2, 2] }), /one positive scale for each of 1 axes of \[2\]/);
  assert.throws(
    () => line([1, 2], { scales: [2], coordinate_transformation_mode: "sideways" }),
    /does not support the coordinate_transformation_mode sideways/,
  );
});
