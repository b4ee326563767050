import assert from "node:assert/strict";
import test from "node:test";
import { decode } from "fast-png";
import type { Grid } from "../protocol/grid.ts";
import { answerFile, headline } from "./table.ts";
import { gridCsv, gridLines, gridPng } from "./grid.ts";
import { resultJson } from "./json.ts";

const grid: Grid = {
  kind: "grid",
  quantity: "score",
  unit: "nats",
  rowAxis: "layer",
  columnAxis: "token",
  signed: true,
  rows: ["0", "end"],
  columns: ["0:The", '1:"a, b"'],
  cells: Float64Array.from([0.125, Number.NaN, -2, 1]),
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
  assert.deepEqual(JSON.parse(resultJson({ cells: Float64Array.from([1, Number.NaN]) })), { cells: [1, null] });
});

test("a grid says its greatest cell, and is written in every format of its kind", () => {
  assert.equal(headline(grid), 'score at most 1.00 nats, at end, 1:"a, b"');
  const result = { data: grid, certificate: [], provenance: { analysis: "fixture" } as never, code: { cli: "" } };
  assert.equal(answerFile(result, "csv"), gridCsv(grid));
  assert.deepEqual(answerFile(result, "png"), gridPng(grid));
  assert.throws(() => answerFile(result, "npy"), /fixture cannot be written as npy.*json, csv, png/);
});
