import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { applying, checkGradient } from "../gradient-check.ts";
import { coreOperators as operators } from "./table.ts";

const random = new Random(19);
const normal = (shape: Shape) => array64("float64", shape, random.normals(sizeOf(shape)));

/** Points inside and outside the image, none within a hundredth of a pixel of a kink. */
function grid(shape: Shape, extents: readonly number[], seed: number) {
  const draw = new Random(seed);
  const rank = extents.length;
  return array64(
    "float64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      const extent = extents[rank - 1 - (i % rank)]!;
      // Half pixels are kinks of one alignment, whole ones of the other: stay in the quarters between.
      const pixel = Math.floor(draw.uniform(-2, extent + 1) * 2) / 2 + draw.uniform(0.05, 0.45);
      return (2 * pixel + 1) / extent - 1;
    }),
  );
}

for (const mode of ["linear", "nearest", "cubic"]) {
  for (const padding_mode of ["zeros", "border", "reflection"]) {
    test(`GridSample, ${mode}, ${padding_mode}: gradients by image and grid, and second order`, () => {
      const build = applying("GridSample", { mode, padding_mode });
      checkGradient({
        operators,
        build,
        inputs: [normal([2, 1, 3, 4]), grid([2, 2, 2, 2], [3, 4], 3)],
        order: 2,
        step: 1e-4,
      });
      checkGradient({ operators, build, inputs: [normal([1, 2, 5]), grid([1, 4, 1], [5], 4)], step: 1e-4 });
      checkGradient({
        operators,
        build,
        inputs: [normal([1, 1, 2, 3, 2]), grid([1, 1, 2, 2, 3], [2, 3, 2], 5)],
        step: 1e-4,
      });
    });
  }
}

test("a grid of the pixels' own centres gives the image back, transposed if the coordinates are", () => {
  const x = normal([1, 1, 3, 3]);
  for (const align_corners of [false, true]) {
    const centre = (i: number): number => (align_corners ? i - 1 : (2 * i + 1) / 3 - 1);
    for (const swapped of [false, true]) {
      const points = Array.from({ length: 9 }, (_, i) => [centre(i % 3), centre(Math.floor(i / 3))]).flatMap(
        ([col, row]) => (swapped ? [row!, col!] : [col!, row!]),
      );
      const grid = array64("float64", [1, 3, 3, 2], points);
      const b = new Builder(operators);
      const graph = b.finish([b.apply("GridSample", [b.input("x", x), b.input("grid", grid)], { align_corners })]);
      const { data } = [
        ...evaluate(
          graph,
          new Map([
            ["x", x],
            ["grid", grid],
          ]),
          operators,
        ).values(),
      ][0]!;
      for (let i = 0; i < 9; i++)
        assert.ok(Math.abs(data[i]! - x.data[swapped ? (i % 3) * 3 + Math.floor(i / 3) : i]!) < 1e-12);
    }
  }
});

test("what does not fit is refused in a sentence", () => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float32", shape: [1, 1, 3, 3] });
  assert.throws(
    () => b.apply("GridSample", [x, b.input("g", { dtype: "float32", shape: [1, 2, 2, 3] })]),
    /cannot sample \[1, 1, 3, 3\] at a grid of \[1, 2, 2, 3\]/,
  );
  assert.throws(
    () => b.apply("GridSample", [x, b.input("h", { dtype: "float32", shape: [1, 2, 2, 2] })], { mode: "bilinear" }),
    /does not support the mode bilinear/,
  );
});
