import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../tensor/random.ts";
import { eigenvalues, type Complex } from "./eigenvalues.ts";
import { frobenius, matrix, multiply, transpose, type Matrix } from "./matrix.ts";
import { thinQr } from "./qr.ts";
import { singularValues, singularValuesOfProduct } from "./singular-values.ts";

const random = new Random(7);
const normal = (rows: number, columns: number): Matrix =>
  matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  );
const minus = (a: Matrix, b: Matrix): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((value, i) => value - b.data[i]!),
  );
const identity = (size: number): Matrix =>
  matrix(
    size,
    size,
    Float64Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0)),
  );
const distance = (a: Matrix, b: Matrix): number => frobenius(minus(a, b));
const diagonal = (values: ArrayLike<number>): Matrix => {
  const out = matrix(values.length, values.length);
  for (let i = 0; i < values.length; i++) out.data[i * (values.length + 1)] = values[i]!;
  return out;
};

test("A = Q·R with orthonormal columns and a triangle", () => {
  for (const [rows, columns] of [
    [5, 5],
    [30, 7],
    [4, 1],
  ] as const) {
    const a = normal(rows, columns);
    const { q, r } = thinQr(a);
    assert.ok(distance(multiply(q, r), a) < 1e-13);
    assert.ok(distance(multiply(transpose(q), q), identity(columns)) < 1e-13);
    for (let i = 0; i < columns; i++) for (let j = 0; j < i; j++) assert.equal(r.data[i * columns + j], 0);
  }
});

test("singular values rebuild the matrix, tall, wide, singular and zero, and directions are orthonormal", () => {
  const low = multiply(normal(9, 2), normal(2, 6));
  for (const a of [normal(6, 6), normal(12, 4), normal(3, 8), low, matrix(3, 3)]) {
    const { u, sigma, v } = singularValues(a);
    assert.ok(distance(multiply(multiply(u, diagonal(sigma)), transpose(v)), a) < 1e-12);
    sigma.forEach((value, i) => assert.ok(value >= 0 && (i === 0 || value <= sigma[i - 1]!)));
  }
  assert.ok(
    singularValues(low)
      .sigma.slice(2)
      .every((value) => value < 1e-13),
  );
  const known = singularValues(matrix(2, 2, Float64Array.from([3, 0, 4, 5])));
  [3 * Math.sqrt(5), Math.sqrt(5)].forEach((value, i) => assert.ok(Math.abs(known.sigma[i]! - value) < 1e-13));
});

test("the singular values of a product of low rank are those of the product written out", () => {
  const [a, b] = [normal(40, 5), normal(5, 30)];
  const { u, sigma, v } = singularValuesOfProduct(a, b);
  const whole = singularValues(multiply(a, b)).sigma;
  sigma.forEach((value, i) => assert.ok(Math.abs(value - whole[i]!) < 1e-12 * whole[0]!));
  assert.ok(distance(multiply(multiply(u, diagonal(sigma)), transpose(v)), multiply(a, b)) < 1e-11);
  const narrow = singularValuesOfProduct(normal(3, 5), normal(5, 4));
  assert.equal(narrow.sigma.length, 3);
});

/** Each expected eigenvalue has one found value near it, and no two have the same one. */
function assertSet(found: readonly Complex[], expected: readonly Complex[], within: number): void {
  const left = [...found];
  for (const { re, im } of expected) {
    const at = left.reduce(
      (best, each, i) =>
        Math.hypot(each.re - re, each.im - im) < Math.hypot(left[best]!.re - re, left[best]!.im - im) ? i : best,
      0,
    );
    assert.ok(Math.hypot(left[at]!.re - re, left[at]!.im - im) < within, `${re} + ${im}i`);
    left.splice(at, 1);
  }
}

test("eigenvalues of matrices whose eigenvalues are known: rotations, companions, triangles, permutations", () => {
  assertSet(
    eigenvalues(matrix(2, 2, Float64Array.from([0, -2, 2, 0]))),
    [
      { re: 0, im: 2 },
      { re: 0, im: -2 },
    ],
    1e-14,
  );
  // The companion of (x − 1)(x − 2)(x − 3)(x + 4) = x⁴ − 2x³ − 13x² + 38x − 24.
  const companion = Float64Array.from([2, 13, -38, 24, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  assertSet(
    eigenvalues(matrix(4, 4, companion)),
    [1, 2, 3, -4].map((re) => ({ re, im: 0 })),
    1e-12,
  );
  assertSet(
    eigenvalues(matrix(3, 3, Float64Array.from([1, 5, 9, 0, 2, 7, 0, 0, 3]))),
    [1, 2, 3].map((re) => ({ re, im: 0 })),
    1e-13,
  );
  // A cycle of n has the n-th roots of one; it is orthogonal, so unshifted QR steps do not move it.
  const n = 8;
  const cycle = matrix(n, n);
  for (let i = 0; i < n; i++) cycle.data[i * n + ((i + 1) % n)] = 1;
  assertSet(
    eigenvalues(cycle),
    Array.from({ length: n }, (_, k) => ({ re: Math.cos((2 * Math.PI * k) / n), im: Math.sin((2 * Math.PI * k) / n) })),
    1e-12,
  );
  assertSet(
    eigenvalues(matrix(3, 3)),
    [0, 0, 0].map((re) => ({ re, im: 0 })),
    1e-300,
  );
  assert.throws(() => eigenvalues(matrix(1, 1, Float64Array.from([Number.NaN]))), /not finite/);
});

test("eigenvalues of random matrices have the trace, the sum of squares, and do not change under similarity", () => {
  for (const size of [1, 2, 5, 16, 64]) {
    const a = normal(size, size);
    const found = eigenvalues(a);
    const trace = (m: Matrix): number =>
      Array.from({ length: size }, (_, i) => m.data[i * (size + 1)]!).reduce((x, y) => x + y);
    const sum = (of: (value: Complex) => number): number => found.reduce((total, value) => total + of(value), 0);
    assert.ok(Math.abs(sum(({ re }) => re) - trace(a)) < 1e-11 * size);
    assert.ok(Math.abs(sum(({ im }) => im)) < 1e-11 * size);
    assert.ok(Math.abs(sum(({ re, im }) => re * re - im * im) - trace(multiply(a, a))) < 1e-10 * size);
    const { q } = thinQr(normal(size, size));
    assertSet(eigenvalues(multiply(multiply(transpose(q), a), q)), found, 1e-9);
  }
});
