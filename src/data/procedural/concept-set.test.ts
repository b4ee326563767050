import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { areaOf, hasBit } from "../concepts/bits.ts";
import { cellCentres } from "../concepts/concepts.ts";
import { conceptDataset, conceptAreas } from "../datasets/concept-set.ts";
import { beginConceptScene } from "./concept-scene.ts";
import { proceduralConcepts, proceduralMasks, renderConceptPicture } from "./concept-set.ts";

const recipe = { seed: 3, count: 300 };
const side = 112;
const points = cellCentres(side, side);
const size = { width: side, height: side };

test("a picture is the same on every machine: its bytes are known", () => {
  const hash = createHash("sha256");
  for (let i = 0; i < 8; i++) hash.update(renderConceptPicture(recipe, i, size).data);
  assert.equal(hash.digest("hex"), "c43a2c2c69482885f200a0371ef2ec0bdc2e385937b3ccda647841f2bad3de11");
});

test("every concept occurs, and covers at most an eighth of the pixels", () => {
  const shares = conceptAreas(conceptDataset(recipe).concepts!, recipe.count);
  for (const [i, share] of shares.entries())
    assert.ok(share > 0.002 && share <= 0.125, `${proceduralConcepts[i]!.name} covers ${share}`);
});

test("masks are exact: a colour's pixels have that colour, all others are grey", () => {
  for (let row = 0; row < 40; row++) {
    const { data } = renderConceptPicture(recipe, row, size);
    const { rgb, hue } = beginConceptScene(recipe, row).scene.coloured;
    const colours = proceduralMasks(recipe, row, points).filter(
      ({ concept }) => proceduralConcepts[concept]!.category === "colour",
    );
    assert.deepEqual(
      colours.map(({ concept }) => concept),
      [hue],
    );
    for (let point = 0; point < side * side; point++) {
      const pixel = [...data.subarray(point * 3, point * 3 + 3)];
      if (hasBit(colours[0]!.bits, point)) assert.deepEqual(pixel, [...rgb]);
      else assert.ok(pixel[0] === pixel[1] && pixel[1] === pixel[2]);
    }
  }
});

test("a shape's mask is the union of what fills it; corners and boundaries lie at shapes", () => {
  for (let row = 0; row < 40; row++) {
    const masks = proceduralMasks(recipe, row, points);
    const of = (category: string) => masks.filter(({ concept }) => proceduralConcepts[concept]!.category === category);
    const sum = (category: string): number => of(category).reduce((area, { bits }) => area + areaOf(bits), 0);
    assert.equal(sum("shape"), sum("colour") + sum("texture"));
    assert.equal(of("position").length, 5);
    assert.ok(sum("part") > 0);
  }
});

test("points outside the picture show nothing", () => {
  const outside = { x: points.x.map((x) => 3 * x - 1), y: points.y };
  for (const { bits } of proceduralMasks(recipe, 0, outside))
    for (let point = 0; point < side * side; point++) {
      const x = outside.x[point % side]!;
      assert.ok(!hasBit(bits, point) || (x >= 0 && x < 1));
    }
});
