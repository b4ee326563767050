import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { conventionNamed, preprocessingFor } from "../data/image/conventions.ts";
import type { Heatmap } from "../protocol/result.ts";
import { float32 } from "../tensor/tensor.ts";
import { findMask, maskShare, type ObjectMask } from "./mask-share.ts";

const samples = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision");
const imageNet = preprocessingFor(conventionNamed("imagenet"), {
  layout: "NCHW",
  channels: 3,
  width: 224,
  height: 224,
});

/** The left half of a 4 × 4 picture. */
const leftHalf: ObjectMask = {
  name: "door",
  width: 4,
  height: 4,
  cover: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0)),
};

const map = (shape: readonly number[], values: readonly number[]): Heatmap => ({
  kind: "heatmap",
  values: float32(shape, Float64Array.from(values)),
  extent: [4, 4],
  grain: "pixel",
});

test("an even map has exactly its share", () => {
  assert.equal(maskShare(map([1, 4, 4], Array<number>(16).fill(-3)), leftHalf)?.numbers.ratio, 1);
});

test("magnitudes count, not signs: what speaks against lies on the object as well", () => {
  const values = Array.from({ length: 32 }, (_, i) => (i % 4 < 2 ? (i < 16 ? 3 : -3) : 1));
  const check = maskShare(map([2, 4, 4], values), leftHalf);
  assert.equal(check?.numbers.share, 0.75);
  assert.equal(check?.value, "1.5× its area");
});

test("a coarse cell counts with every pixel it covers", () => {
  assert.equal(maskShare(map([1, 1, 2], [3, 1]), leftHalf)?.numbers.share, 0.75);
});

test("no sentence about an empty map or an empty mask", () => {
  assert.equal(maskShare(map([1, 4, 4], Array<number>(16).fill(0)), leftHalf), undefined);
  assert.equal(
    maskShare(map([1, 4, 4], Array<number>(16).fill(1)), { ...leftHalf, cover: new Float32Array(16) }),
    undefined,
  );
});

test("the sample's mask goes through the crop of the photograph: the rocket stands in the middle", () => {
  const mask = findMask({ path: path.join(samples, "rocket.jpg") }, imageNet);
  assert.ok(mask);
  assert.deepEqual([mask.name, mask.width, mask.height], ["rocket", 224, 224]);
  assert.ok(mask.cover[100 * 224 + 112]! > 0.9);
  assert.equal(mask.cover[0], 0);
});

test("no mask, no claim", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-mask-"));
  assert.equal(findMask({ path: path.join(folder, "rocket.jpg") }, imageNet), undefined);
  assert.equal(findMask({ name: "rocket.jpg", bytes: new Uint8Array(1) }, imageNet), undefined);
  fs.writeFileSync(path.join(folder, "rocket.mask.png"), "no picture");
  assert.equal(findMask({ path: path.join(folder, "rocket.jpg") }, imageNet), undefined);
  fs.rmSync(folder, { recursive: true });
});
