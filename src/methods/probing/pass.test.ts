import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { passOver, scoresOver } from "./pass.ts";
import { transposeInto } from "./transpose.ts";

for (const [rows, columns, outputs] of [
  [1, 1, 1],
  [3, 2, 1],
  [4, 5, 3],
  [9, 7, 1],
  [10, 6, 4],
] as const) {
  test(`a pass over ${rows} rows of ${columns} columns for ${outputs} outputs agrees with its formula`, () => {
    const random = new Random(rows);
    const data = random.normals(rows * columns);
    const parameters = random.normals((columns + 1) * outputs);
    const at = (row: number, c: number): number => (c === columns ? 1 : data[row * columns + c]!);
    const score = (row: number, k: number): number =>
      Array.from({ length: columns + 1 }, (_, c) => at(row, c) * parameters[c * outputs + k]!).reduce(
        (sum, value) => sum + value,
        0,
      );
    const g = (z: number, row: number, k: number): number => Math.tanh(z) + row - k;
    const near = (found: number, expected: number): void =>
      assert.ok(Math.abs(found - expected) < 1e-12 * (1 + Math.abs(expected)), `${found} for ${expected}`);

    const scores = scoresOver({ rows, columns, data }, parameters, outputs);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < outputs; k++) near(scores[row * outputs + k]!, score(row, k));

    const seen: number[] = [];
    const transform = (z: Float64Array, row: number): void => {
      seen.push(row);
      z.forEach((value, k) => (z[k] = g(value, row, k)));
    };
    const sums = passOver(
      { rows, columns, data },
      { kind: "pass", parameters, outputs, total: 7, exact: true, transform },
    );
    for (let c = 0; c <= columns; c++) {
      for (let k = 0; k < outputs; k++)
        near(
          sums[c * outputs + k]!,
          Array.from({ length: rows }, (_, row) => (at(row, c) * g(score(row, k), row, k)) / 7).reduce(
            (sum, value) => sum + value,
            0,
          ),
        );
    }
    assert.deepEqual(
      seen,
      Array.from({ length: rows }, (_, row) => row),
      "each row once",
    );
  });
}

test("matrices of any size are transposed", () => {
  for (const [rows, columns] of [
    [1, 5],
    [33, 70],
    [64, 32],
  ] as const) {
    const values = Float64Array.from({ length: rows * columns }, (_, i) => i);
    const turned = transposeInto(new Float32Array(values.length), values, rows, columns);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) assert.equal(turned[c * rows + r], values[r * columns + c]);
  }
});
