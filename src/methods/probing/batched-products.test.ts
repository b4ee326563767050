import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Cholesky } from "./cholesky.ts";
import { Curvature } from "./curvature.ts";
import { gramOf, kernelOf, standardizationOf, standardized, type Features } from "./design.ts";
import { fitLogistic, solveLogistic } from "./logistic-regression.ts";
import { curvatureBound, FeaturePreconditioner, RowPreconditioner } from "./preconditioner.ts";
import { chooseRegularization, preconditionerFor } from "./regularization.ts";
import { fitBatched, Products } from "./batched-products.ts";
import { inverseFactor, type Multiply } from "./inverse-factor.ts";

const multiply: Multiply = async (a, b, m, k, n, transposed = false) => {
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++)
      for (let j = 0; j < n; j++)
        out[i * n + j] = out[i * n + j]! + a[transposed ? p * m + i : i * k + p]! * b[p * n + j]!;
  return out;
};

function positive(size: number): Float64Array {
  const random = new Random(size);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++)
      matrix[i * size + j] = matrix[j * size + i] = random.normal() + (i === j ? 2 * size : 0);
  return matrix;
}

for (const size of [1, 2, 3, 4, 5, 7, 8, 63, 130]) {
  test(`the factor of a ${size} × ${size} matrix solves it, for several right-hand sides`, () => {
    const matrix = positive(size);
    const b = new Random(1).normals(size * 3);
    const x = new Cholesky(matrix, size).solve(b, 3);
    for (let i = 0; i < size; i++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * x[k * 3 + c]!;
        assert.ok(Math.abs(sum - b[i * 3 + c]!) < 1e-11);
      }
    }
  });
}

test("a matrix that is not positive definite is rejected", () =>
  assert.throws(() => new Cholesky(Float64Array.of(1, 2, 2, 1), 2), /not positive definite at row 1/));

for (const size of [40, 97, 215]) {
  test(`the blockwise inverse of the factor of a ${size} × ${size} matrix is the factor's inverse, to float32`, async () => {
    const matrix = positive(size);
    const { lower } = new Cholesky(matrix, size);
    const product = await multiply(
      Float32Array.from(lower),
      await inverseFactor(matrix, size, multiply),
      size,
      size,
      size,
    );
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) assert.ok(Math.abs(product[i * size + j]! - (i === j ? 1 : 0)) < 1e-5);
  });
}

test("a rank-deficient matrix gets the ridge that rounding requires; an indefinite one is rejected", async () => {
  const size = 120;
  const ones = new Float64Array(size * size).fill(1);
  assert.ok((await inverseFactor(ones, size, multiply)).every(Number.isFinite));
  await assert.rejects(
    inverseFactor(
      ones.map((value, i) => (i % (size + 1) === 0 ? -1 : value)),
      size,
      multiply,
    ),
    /not positive definite/,
  );
});

const random = new Random(2);
const wide: Features = { rows: 120, columns: 170, data: random.normals(120 * 170) };
const labels = [0, 1].map(() => Int32Array.from({ length: wide.rows }, () => random.integer(3)));
const centred = standardized(
  wide,
  standardizationOf(
    wide,
    Array.from({ length: wide.rows }, (_, row) => row),
  ),
  Array.from({ length: wide.rows }, (_, row) => row),
);
const strength = { curvature: curvatureBound(wide.rows, 3), lambda: 1 / (0.1 * wide.rows) } as const;
const byFeatures = async (x: Features) =>
  new FeaturePreconditioner(await gramOf(x, referenceRuntime), x.columns, strength);
const byRows = async (x: Features) => {
  const rows = Float32Array.from(x.data);
  return new RowPreconditioner(await kernelOf(x, rows, referenceRuntime), x, rows, strength);
};

test("with fewer rows than columns, the row kernel preconditions like the Gram matrix of features", async () => {
  const residual = new Random(5).normals((wide.columns + 1) * 3);
  const [features, rows] = [await byFeatures(centred), await byRows(centred)];
  const expected = features.apply(residual, 3);
  // The tolerance is that of the Gram matrix, which is in float32.
  const near = (found: ArrayLike<number>, digits: number) =>
    expected.every((value, i) => Math.abs(found[i]! - value) < digits * (1 + Math.abs(value)));
  assert.ok(near(rows.apply(residual, 3), 1e-5));
  assert.ok(near(await rows.applyBatched(Float32Array.from(residual), 3, multiply), 1e-4));
});

for (const [what, x, made] of [
  ["features", wide, byFeatures],
  ["rows", centred, byRows],
] as const) {
  test(`batched problems with float32 products, preconditioned by ${what}, reach the optimum of a single problem in double precision`, async () => {
    const preconditioner = await made(x);
    const problems = labels.map((y) => ({ x, y, classes: 3, C: 0.1 }));
    const products = new Products(x, referenceRuntime);
    const batched = await fitBatched(
      problems.map((problem) => solveLogistic(problem, preconditioner, { tolerance: 1e-8 })),
      products,
    );
    await products.release();
    for (const [i, problem] of problems.entries()) {
      const alone = fitLogistic(problem, await made(x), { tolerance: 1e-8 });
      assert.ok(batched[i]!.distance < 1e-8, `certified to ${batched[i]!.distance}`);
      assert.ok(Math.max(...alone.weights.map((value, c) => Math.abs(value - batched[i]!.weights[c]!))) < 2e-8);
    }
  });
}

/** Many features with a few common causes, as in activations. */
function causedFeatures(
  rows: number,
  columns: number,
  classes: number,
): { readonly x: Features; readonly y: Int32Array } {
  const draws = new Random(8);
  const hidden = 25;
  const y = Int32Array.from({ length: rows }, () => draws.integer(classes));
  const [centres, mix] = [draws.normals(classes * hidden), draws.normals(columns * hidden)];
  const data = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const causes = draws.normals(hidden).map((value, h) => value + 1.2 * centres[y[r]! * hidden + h]!);
    for (let c = 0; c < columns; c++)
      data[r * columns + c] =
        0.3 * draws.normal() + causes.reduce((sum, value, h) => sum + (mix[c * hidden + h]! * value) / 5, 0);
  }
  return { x: { rows, columns, data }, y };
}

const largest = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((value, c) => Math.abs(value - b[c]!)));

test("preconditioning by the curvature at a point takes a fraction of the passes of the curvature bound, to the same optimum", async () => {
  const [rows, columns, classes] = [500, 100, 4];
  const { x, y } = causedFeatures(rows, columns, classes);
  const preconditioner = new FeaturePreconditioner(await gramOf(x, referenceRuntime), columns, {
    curvature: curvatureBound(rows, classes),
    lambda: 1 / rows,
  });
  const products = new Products(x, referenceRuntime);
  const [weighted] = await fitBatched(
    [solveLogistic({ x, y, classes, C: 1 }, preconditioner, { tolerance: 1e-8 })],
    products,
  );
  await products.release();
  const bound = fitLogistic({ x, y, classes, C: 1 }, preconditioner, { tolerance: 1e-8 });
  assert.ok(weighted!.passes < 0.6 * bound.passes, `${weighted!.passes} of ${bound.passes} passes`);
  assert.ok(largest(bound.weights, weighted!.weights) < 2e-8);
});

test("a fit on all rows that starts from the folds' fits, preconditioned by their curvature, takes fewer passes to the same optimum", async () => {
  const [rows, columns, classes] = [300, 60, 4];
  const { x: raw, y } = causedFeatures(rows, columns, classes);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const x = standardized(raw, standardizationOf(raw, all), all);
  const folds = [0, 1, 2].map((fold) => all.filter((row) => row % 3 === fold));
  const curvature = await Curvature.of(x, referenceRuntime);
  const products = new Products(x, referenceRuntime);
  const { C, start, curvatures } = await chooseRegularization(x, y, classes, folds, curvature, products);
  assert.ok(C > 1e-4 && curvatures?.every((each) => each >= 0 && each <= 0.25));
  const fromCurvature = await preconditionerFor(C, classes, curvatures, curvature, products);
  const [warmStarted] = await fitBatched(
    [solveLogistic({ x, y, classes, C }, fromCurvature, { tolerance: 1e-8, start, curvatureKnown: true })],
    products,
  );
  await products.release();
  const alone = fitLogistic({ x, y, classes, C }, curvature.at(C, classes), { tolerance: 1e-8 });
  assert.ok(warmStarted!.passes < 0.7 * alone.passes, `${warmStarted!.passes} of ${alone.passes} passes`);
  assert.ok(largest(alone.weights, warmStarted!.weights) < 2e-8);
});
