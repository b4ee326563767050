import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultDisplay, describe, display, type Photograph } from "./display.ts";
import { gaussian } from "./gaussian.ts";
import { enlarge, heatmap, overChannels } from "./heatmap.ts";
import { percentile } from "./percentile.ts";

const photograph = (width: number, height: number, level = 100): Photograph => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(level),
});
const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);

test("smoothing an inner spike gives the Gaussian and preserves its mass", () => {
  const map = heatmap(41, 41, new Float32Array(41 * 41));
  map.values[20 * 41 + 20] = 1;
  const { values } = gaussian(map, 2);
  assert.ok(Math.abs(sum(values) - 1) < 1e-6);
  const ratio = values[20 * 41 + 23]! / values[20 * 41 + 20]!;
  assert.ok(Math.abs(ratio - Math.exp(-9 / 8)) < 1e-6, `exp(−x²/2σ²) at 3 pixels, got ${ratio}`);
});

test("smoothing leaves a constant map unchanged, corners included", () => {
  assert.ok(
    gaussian(heatmap(9, 7, new Float32Array(63).fill(3)), 2.5).values.every((value) => Math.abs(value - 3) < 1e-6),
  );
});

test("percentiles match NumPy", () => {
  assert.equal(percentile([3, 1, 2, 4], 50), 2.5);
  assert.equal(percentile([0, 10], 99.5), 9.95);
  assert.equal(percentile([7], 55), 7);
});

test("channels are summed with or without their signs, in both layouts", () => {
  const size = { width: 2, height: 1, channels: 2 };
  assert.deepEqual([...overChannels([1, 2, -3, 4], { ...size, layout: "NCHW" }, "sum").values], [-2, 6]);
  assert.deepEqual([...overChannels([1, -3, 2, 4], { ...size, layout: "NHWC" }, "magnitude").values], [4, 6]);
});

test("enlarging keeps the cells, or interpolates linearly between their centres", () => {
  const map = heatmap(2, 1, Float32Array.of(0, 1));
  assert.deepEqual([...enlarge(map, 4, 1, "cells").values], [0, 0, 1, 1]);
  assert.deepEqual([...enlarge(map, 4, 1, "smooth").values], [0, 0.25, 0.75, 1]);
});

test("where: orange on the evidence, dimmed grey elsewhere, and the record says how", () => {
  const map = heatmap(200, 100, new Float32Array(20_000));
  for (let y = 40; y < 60; y++) for (let x = 90; x < 110; x++) map.values[y * 200 + x] = -2;
  const { rgba, record } = display(map, photograph(200, 100), { ...defaultDisplay, opacity: 1 });
  const at = (x: number, y: number): number[] => [...rgba.subarray((y * 200 + x) * 4, (y * 200 + x) * 4 + 4)];
  assert.deepEqual(at(100, 50), [255, 150, 20, 255]);
  assert.deepEqual(at(5, 5), [70, 70, 70, 255]);
  assert.equal(record.sigma, 3);
  assert.equal(record.min, -2);
  assert.ok(record.clipped <= 0.005 && record.hidden > 0.5);
  assert.equal(
    describe(record),
    "Magnitude; smoothed by 3.0 px (1.5 % of the width); drawn from the 55th to the 99.5th percentile.",
  );
});

test("signed: orange for, blue against", () => {
  const values = Float32Array.from({ length: 3200 }, (_, i) => (i % 80 < 10 ? 1 : i % 80 >= 70 ? -1 : 0));
  const { rgba } = display(heatmap(80, 40, values), photograph(80, 40), {
    ...defaultDisplay,
    style: "signed",
    opacity: 1,
  });
  assert.deepEqual([...rgba.subarray(0, 3)], [255, 150, 20]);
  assert.deepEqual([...rgba.subarray(79 * 4, 79 * 4 + 3)], [60, 140, 255]);
});

test("raw: nothing smoothed, nothing clipped, negative values in the signed map", () => {
  const { record, rgba } = display(heatmap(2, 1, Float32Array.of(-4, 4)), photograph(2, 1), {
    ...defaultDisplay,
    style: "raw",
  });
  assert.deepEqual([record.sigma, record.clipped, record.scale.ceiling, record.colormap], [0, 0, 4, "signed"]);
  assert.deepEqual([...rgba], [60, 140, 255, 255, 255, 150, 20, 255]);
});

test("a blank map draws the photograph alone and says so; values that are not finite are counted", () => {
  const blank = display(heatmap(4, 4, new Float32Array(16)), photograph(4, 4));
  assert.ok(blank.record.blank && /nothing to draw/.test(describe(blank.record)));
  assert.ok(blank.rgba.every((value, i) => value === (i % 4 === 3 ? 255 : 70)));
  const broken = display(heatmap(2, 1, Float32Array.of(NaN, 1)), photograph(2, 1));
  assert.equal(broken.record.notFinite, 1);
  assert.match(describe(broken.record), /1 value is not finite/);
});

test("one bright pixel among zeros is drawn, though every percentile is 0", () => {
  const values = new Float32Array(1000);
  values[0] = 5;
  const { rgba } = display(heatmap(1000, 1, values), photograph(1000, 1), {
    ...defaultDisplay,
    style: "signed",
    opacity: 1,
  });
  assert.ok(rgba[0]! > rgba[2]!, "orange");
});

test("maps side by side can share a scale", () => {
  const map = heatmap(2, 1, Float32Array.of(1, 2));
  const { record } = display(map, photograph(2, 1), { ...defaultDisplay, scale: { floor: 0, ceiling: 8 } });
  assert.deepEqual(record.scale, { floor: 0, ceiling: 8 });
  assert.match(describe(record), /as in the maps next to it/);
});
