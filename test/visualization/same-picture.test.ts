import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { decodePng } from "../../src/data/image/decode-png.ts";
import { encodeImage } from "../../src/data/image/encode-png.ts";
import { image } from "../../src/data/image/image.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { Service } from "../../src/engine/service.ts";
import { usualVisualizeOptions } from "../../src/protocol/visualization.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const committed = path.join(root, "test", "visualization", "same-picture.png");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-same-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/**
 * Another processor sums in another order, as another runtime does: in 24 steps neither moves a level by more than one. In
 * longer growth a rectifier that one rounding turns on and another leaves off sets pictures apart, by 13 levels in 64 steps.
 */
for (const runtime of ["onnxruntime", "tensorflow"] as const) {
  test(`${runtime} grows the picture that is committed, to the precision of a display`, async () => {
    const settings = { cacheFolder: path.join(folder, runtime), memoryBudgetBytes: 2 ** 31, runtime };
    const question = { job: "1", model: path.join(root, "samples", "vision", "efficientnet-lite0.onnx"), objectives: ['channel("_blocks.4", 19)'] };
    const { results } = await new Service(settings, startRuntime(settings)).visualizations.run({ ...question, options: { ...usualVisualizeOptions, size: 48, steps: 24, seed: 9 } }, () => undefined, () => false);
    const { width, height, rgb } = results[0]!.data.images[0]!.picture;
    if (process.env.GLASSBOX_WRITE_DOCS && runtime === "onnxruntime") fs.writeFileSync(committed, encodeImage(image(width, height, rgb)));
    const expected = decodePng(fs.readFileSync(committed), committed).image.data;
    const off = Array.from(rgb, (level, i) => Math.abs(level - expected[i]!)).filter((difference) => difference > 0);
    assert.equal(rgb.length, expected.length);
    assert.ok(off.length <= 0.01 * rgb.length && off.every((difference) => difference === 1), `${off.length} levels are off, by up to ${Math.max(...off)}`);
  });
}
