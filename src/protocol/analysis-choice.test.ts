import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnalysisCard } from "./analysis-card.ts";
import { cheapFirst, mapsOf, predictionOf } from "./analysis-choice.ts";

const card = (id: string, gives: AnalysisCard["gives"], cost: string): AnalysisCard =>
  ({ id, takes: "picture", gives, cost }) as AnalysisCard;
const cards = [
  card("scores", "class-scores", "one forward pass"),
  card("sampled", "heatmap", "one gradient a sample"),
  card("path", "heatmap", "one gradient an evaluation, usually 40 to 130"),
  card("checked", "heatmap", "one gradient, two to check it"),
  card("single", "heatmap", "one gradient"),
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
