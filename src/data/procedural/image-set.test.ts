import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { hueNames, maskOf, quadrantNames, renderProcedural, sceneOf } from "./image-set.ts";
import { shapeNames } from "./shapes.ts";

const recipe = { seed: 7, count: 400 };
const size = { width: 224, height: 224 };
const scenes = Array.from({ length: recipe.count }, (_, i) => sceneOf(recipe, i));

test("a picture is the same on every machine: its bytes are known", () => {
  const hash = createHash("sha256");
  for (let i = 0; i < 8; i++) hash.update(renderProcedural(recipe, i, size).data);
  assert.equal(hash.digest("hex"), "f9a91c90200ebe95e2b7f0af1e8236413f59c0963d85e880453bc9892e9e1ad9");
});

test("the shape has one colour under its mask and the mask is where the label says", () => {
  for (let i = 0; i < 40; i++) {
    const { colour, quadrant, radius } = scenes[i]!;
    const { data } = renderProcedural(recipe, i, size);
    const mask = maskOf(recipe, i, size);
    let area = 0;
    for (let pixel = 0; pixel < mask.length; pixel++) {
      if (!mask[pixel]) continue;
      area++;
      assert.deepEqual([...data.subarray(pixel * 3, pixel * 3 + 3)], [...colour]);
      assert.equal((pixel % 224 >= 112 ? 1 : 0) + (pixel >= 112 * 224 ? 2 : 0), quadrant);
    }
    assert.ok(
      area > 0.25 * Math.PI * radius * radius && area <= 1.02 * Math.PI * radius * radius,
      `picture ${i}: ${area}`,
    );
  }
});

test("the factors are drawn uniformly and independently", () => {
  const count = (of: (i: number) => boolean): number => scenes.filter((_, i) => of(i)).length;
  for (let shape = 0; shape < shapeNames.length; shape++)
    assert.ok(Math.abs(count((i) => scenes[i]!.shape === shape) - 80) < 30);
  for (let hue = 0; hue < hueNames.length; hue++) assert.ok(Math.abs(count((i) => scenes[i]!.hue === hue) - 66) < 30);
  for (let quadrant = 0; quadrant < quadrantNames.length; quadrant++) {
    for (let shape = 0; shape < shapeNames.length; shape++)
      assert.ok(Math.abs(count((i) => scenes[i]!.quadrant === quadrant && scenes[i]!.shape === shape) - 20) < 16);
  }
});

test("a picture of half the side shows the same scene", () => {
  const half = maskOf(recipe, 3, { width: 112, height: 112 });
  const whole = maskOf(recipe, 3, size);
  const area = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);
  assert.ok(Math.abs(4 * area(half) - area(whole)) < 0.05 * area(whole));
});
