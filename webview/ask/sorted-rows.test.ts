import assert from "node:assert/strict";
import { test } from "node:test";
import { sortedRows } from "./sorted-rows.ts";

const rows = [
  ["head 10", 2],
  ["head 2", Number.NaN],
  ["head 1", -3],
  ["head 3", 7],
] as const;
const firsts = (column: number, descending: boolean) => sortedRows(rows, { column, descending }).map(([name]) => name);

test("rows sort by numbers in both directions, and what is no number stays last", () => {
  assert.deepEqual(firsts(1, true), ["head 3", "head 10", "head 1", "head 2"]);
  assert.deepEqual(firsts(1, false), ["head 1", "head 10", "head 3", "head 2"]);
});

test("texts sort by their letters, numbers in them by size", () => {
  assert.deepEqual(firsts(0, false), ["head 1", "head 2", "head 3", "head 10"]);
});

test("without an order the rows stay as they came", () => assert.equal(sortedRows(rows, undefined), rows));
