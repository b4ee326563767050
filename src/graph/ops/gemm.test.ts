import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { gemm, type MatrixView } from "./gemm.ts";

const at = ({ data, offset, row, column }: MatrixView, i: number, j: number): number =>
  data[offset + i * row + j * column]!;

test("the packed product equals the sum of products, across tiles, blocks and transposes", () => {
  const random = new Random(3);
  for (const [m, n, k] of [
    [1, 1, 1],
    [4, 4, 4],
    [5, 3, 2],
    [7, 1, 300],
    [67, 9, 5],
    [3, 515, 2],
    [65, 513, 257],
  ] as const) {
    for (const transposed of [false, true]) {
      const data = random.normals(m * k + k * n + 2);
      const a: MatrixView = transposed
        ? { data, offset: 1, row: 1, column: m }
        : { data, offset: 1, row: k, column: 1 };
      const b: MatrixView = transposed
        ? { data, offset: 2 + m * k, row: 1, column: k }
        : { data, offset: 2 + m * k, row: n, column: 1 };
      const c = new Float64Array(2 + m * (n + 1)).fill(1);
      gemm(m, n, k, a, b, c, 2, n + 1);
      for (let i = 0; i < m; i += Math.ceil(m / 9)) {
        for (let j = 0; j < n; j += Math.ceil(n / 9)) {
          let sum = 1;
          for (let p = 0; p < k; p++) sum += at(a, i, p) * at(b, p, j);
          assert.ok(Math.abs(c[2 + i * (n + 1) + j]! - sum) < 1e-10, `${m}×${k}×${n} at ${i}, ${j}`);
        }
      }
      assert.equal(c[1], 1);
      assert.equal(c[2 + n], 1, "what lies between the rows stays untouched");
    }
  }
});

test("an empty sum leaves the result as it was", () => {
  const c = Float64Array.of(5, 6);
  gemm(1, 2, 0, { data: c, offset: 0, row: 1, column: 1 }, { data: c, offset: 0, row: 1, column: 1 }, c);
  assert.deepEqual([...c], [5, 6]);
});
