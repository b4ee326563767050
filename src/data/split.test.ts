import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../tensor/random.ts";
import { foldsOf, splitRows } from "./split.ts";

const random = new Random(5);
const labels = Int32Array.from({ length: 1000 }, () => (random.uniform() < 0.2 ? 1 : random.uniform() < 0.5 ? 0 : 2));
const own = Int32Array.from({ length: 1000 }, (_, i) => i);
const share = (rows: Int32Array, label: number): number =>
  rows.filter((row) => labels[row] === label).length / rows.length;

test("a split covers every row once and preserves the class proportions", () => {
  const { train, test: held } = splitRows(labels, own, 0.25, 3);
  assert.deepEqual(
    [...train, ...held].sort((a, b) => a - b),
    [...own],
  );
  assert.ok(Math.abs(held.length - 250) <= 1);
  for (const label of [0, 1, 2]) assert.ok(Math.abs(share(train, label) - share(held, label)) < 0.01);
});

test("equal seeds give equal splits, other seeds others", () => {
  assert.deepEqual(splitRows(labels, own, 0.25, 3), splitRows(labels, own, 0.25, 3));
  assert.notDeepEqual(splitRows(labels, own, 0.25, 3), splitRows(labels, own, 0.25, 4));
});

test("no group is on both sides, in splits and in folds", () => {
  const groups = own.map((row) => Math.floor(row / 7));
  const { train, test: held } = splitRows(labels, groups, 0.3, 1);
  const sides = (rows: Int32Array): Set<number> => new Set(rows.map((row) => groups[row]!));
  assert.deepEqual(
    [...sides(train)].filter((group) => sides(held).has(group)),
    [],
  );
  const folds = foldsOf(train, labels, groups, 5, 2);
  assert.deepEqual(
    folds.flatMap((fold) => [...fold]).sort((a, b) => a - b),
    [...train],
  );
  for (const [i, fold] of folds.entries())
    for (const other of folds.slice(i + 1))
      assert.deepEqual(
        [...sides(fold)].filter((group) => sides(other).has(group)),
        [],
      );
  for (const fold of folds) assert.ok(Math.abs(fold.length - train.length / 5) < 15);
});
