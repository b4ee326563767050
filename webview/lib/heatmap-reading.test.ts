import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { cellAt, drawnMap, figure, halfArea, percent, strongest, strongestPlace, summary } from "./heatmap-reading.ts";

/** 4 × 4 cells over 8 × 8 pixels; all the evidence in two cells of the last row, one for, one against. */
const planes: HeatmapPlanes = {
  kind: "planes",
  rows: 4,
  columns: 4,
  extent: [8, 8],
  grain: "cell",
  magnitude: Uint16Array.from({ length: 16 }, (_, i) => (i === 15 ? 3000 : i === 14 ? 1000 : 0)),
  magnitudeScale: 0.001,
  signed: Int16Array.from({ length: 16 }, (_, i) => (i === 15 ? -3000 : i === 14 ? 1000 : 0)),
  signedScale: 0.001,
};

test("the strongest places come first, with their sign and their share of all", () => {
  assert.deepEqual(strongest(planes, 2), [
    { row: 3, column: 3, value: -3, share: 0.75 },
    { row: 3, column: 2, value: 1, share: 0.25 },
  ]);
  assert.deepEqual(strongestPlace(planes), { row: 7, column: 7 });
});

test("a pixel belongs to the cell that covers it, the last one too", () => {
  assert.deepEqual(cellAt(planes, { row: 0, column: 1 }), { row: 0, column: 0 });
  assert.deepEqual(cellAt(planes, { row: 7, column: 6 }), { row: 3, column: 3 });
});

test("the summary is made from the data: half of it on one cell of sixteen, at the lower right", () => {
  assert.equal(halfArea(planes), 1 / 16);
  assert.equal(summary(planes), "Half of it lies on 6.3 % of the picture, the strongest in the lower right.");
});

test("a blank map says why it is blank, and claims nothing else", () => {
  assert.equal(summary({ ...planes, blank: "No path leads there." }), "No path leads there.");
  assert.equal(summary({ ...planes, magnitude: new Uint16Array(16) }), "");
});

test("where draws magnitudes, signed draws signs", () => {
  assert.ok(drawnMap(planes, "where").values.every((value) => value >= 0));
  assert.equal(drawnMap(planes, "signed").values[15], -3);
});

test("figures have the digits that are real", () => {
  assert.deepEqual(
    [figure(-0), figure(0.0153289), figure(-12345.6), percent(0.16225), percent(0.004), percent(1)],
    ["0", "0.0153", "-12300", "16.2 %", "0.40 %", "100 %"],
  );
});
