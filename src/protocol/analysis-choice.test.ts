import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnalysisCard } from "./analysis-card.ts";
import { cheapFirst, mapsOf, predictionOf } from "./analysis-choice.ts";

const card = (id: string, gives: AnalysisCard["gives"], quick = false): AnalysisCard =>
  ({ id, takes: "picture", gives, quick }) as AnalysisCard;
const cards = [
  card("scores", "model-output", true),
  card("sampled", "heatmap"),
  card("path", "heatmap"),
  card("checked", "heatmap", true),
  card("single", "heatmap", true),
];

test("scores are the prediction, heatmaps are the maps", () => {
  assert.equal(predictionOf(cards)?.id, "scores");
  assert.deepEqual(
    mapsOf(cards).map(({ id }) => id),
    ["sampled", "path", "checked", "single"],
  );
});

test("maps of a fixed cost come first, else the order of the menu stays", () => {
  assert.deepEqual(
    cheapFirst(mapsOf(cards)).map(({ id }) => id),
    ["checked", "single", "sampled", "path"],
  );
});
