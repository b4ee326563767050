import assert from "node:assert/strict";
import test from "node:test";
import { decode } from "fast-png";
import { gridCsv, gridLines, gridPng, toJson } from "./grid.ts";

const grid = {
  rows: ["0", "end"],
  columns: ["0:The", '1:"a, b"'],
  values: Float64Array.from([0.125, Number.NaN, -2, 1]),
};

test("CSV keeps every digit and quotes what holds commas", () => {
  assert.equal(gridCsv(grid), ',0:The,"1:""a, b"""\n0,0.125,NaN\nend,-2,1\n');
});

test("lines are as wide as their widest cell, and say where there is no number", () => {
  assert.deepEqual(gridLines(grid, 1), ['     0:The  1:"a, b"', "0      0.1         ·", "end   -2.0       1.0"]);
});

test("a picture has 16 pixels a cell, blue below 0 and orange above", () => {
  const { width, height, data } = decode(gridPng(grid));
  assert.deepEqual([width, height], [32, 32]);
  const pixel = (x: number, y: number): number[] =>
    Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
  assert.deepEqual(pixel(0, 16), [60, 140, 255]);
  assert.deepEqual(pixel(16, 0), [96, 96, 96]);
  assert.ok(pixel(16, 16)[0]! > pixel(16, 16)[2]!);
});

test("typed arrays are arrays in JSON", () => {
  assert.deepEqual(JSON.parse(toJson({ cells: Float64Array.from([1, Number.NaN]) })), { cells: [1, null] });
});
