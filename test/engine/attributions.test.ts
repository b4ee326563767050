import assert from "node:assert/strict";
import { test } from "node:test";
import { gaussian } from "../../src/data/colormap/gaussian.ts";
import { overChannels } from "../../src/data/colormap/heatmap.ts";
import type { Heatmap } from "../../src/protocol/result.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { checkOf, heatmapOf, PictureAsker } from "./picture-asker.ts";

const pictures = new PictureAsker();
const run = pictures.run.bind(pictures);

for (const method of ["smoothgrad", "integrated-gradients"]) {
  test(`${method} gives a finite number for every channel and pixel, and says that it explains the best class`, async () => {
    const outcome = await run(method);
    const { values, extent, grain } = heatmapOf(outcome);
    assert.deepEqual([values.shape, extent, grain], [[3, 224, 224], [224, 224], "pixel"]);
    assert.ok(toFloat64(values).every(Number.isFinite));
    assert.ok(toFloat64(values).some((value) => value !== 0));
    assert.equal(outcome.provenance.target, "logit:285");
  });
}

test("integrated gradients add up to the change of the logit within 1 %, and the certificate says the error truly", async () => {
  const outcome = await run("integrated-gradients");
  const { status, numbers } = checkOf(outcome, "completeness");
  assert.equal(status, "pass");
  const sum = toFloat64(heatmapOf(outcome).values).reduce((total, value) => total + value, 0);
  const missing = Math.abs(sum - numbers.change!) / Math.abs(numbers.change!);
  assert.ok(missing <= 0.01, `${missing}`);
  assert.ok(Math.abs(missing - numbers.net!) < 1e-4, `${missing} is what the certificate calls ${numbers.net}`);
  assert.ok(numbers.local! <= 0.1 && numbers.evaluations! <= 256);
});

test("SmoothGrad is stable, and its claim holds: another seed gives a map as alike as the certificate foretells", async () => {
  const [one, other] = [await run("smoothgrad"), await run("smoothgrad", { seed: 1 })];
  const foretold = checkOf(one, "stability").numbers.r!;
  const found = correlation(asRead(heatmapOf(one)), asRead(heatmapOf(other)));
  assert.ok(foretold >= 0.9, `${foretold}`);
  assert.ok(Math.abs(found - foretold) < 0.04, `foretold ${foretold}, found ${found}`);
});

/** Magnitudes smoothed by 1.5 % of the width, as the *where* style draws them. */
function asRead({ values }: Heatmap): Float32Array {
  const [channels, height, width] = values.shape as [number, number, number];
  return gaussian(
    overChannels(toFloat64(values), { width, height, channels, layout: "NCHW" }, "magnitude"),
    0.015 * width,
  ).values;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - ma) * (b[i]! - mb);
    aa += (value - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}
