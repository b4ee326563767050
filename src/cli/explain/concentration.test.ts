import assert from "node:assert/strict";
import { test } from "node:test";
import { heatmap } from "../../data/colormap/heatmap.ts";
import { concentration, concentrationSentence } from "./concentration.ts";

test("one bright place holds half of everything, at its own centre", () => {
  const values = new Float32Array(100);
  values[10 * 2 + 7] = 5;
  const found = concentration(heatmap(10, 10, values))!;
  assert.equal(found.half, 0.01);
  assert.deepEqual(found.center, [0.75, 0.25]);
  assert.equal(
    concentrationSentence(found, "pixels"),
    "Half of the magnitude lies on 1 % of the pixels, centred 75 % from the left and 25 % from the top.",
  );
});

test("an even map has its half on half of the places", () => {
  assert.equal(concentration(heatmap(8, 8, new Float32Array(64).fill(2)))!.half, 0.5);
});

test("nothing is said of a blank map, nor of one with values that are no number", () => {
  assert.equal(concentration(heatmap(2, 2, new Float32Array(4))), undefined);
  assert.equal(concentration(heatmap(2, 2, Float32Array.of(1, NaN, 2, 3))), undefined);
});
