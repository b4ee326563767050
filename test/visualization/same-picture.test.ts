import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { decodePng } from "../../src/data/image/decode-png.ts";
import { encodeImage } from "../../src/data/image/encode-png.ts";
import { image } from "../../src/data/image/image.ts";
import { Asker } from "../../src/engine/ask/asker.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { engineServices } from "../../src/engine/services.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import type { RgbPicture } from "../../src/protocol/visualization.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const committed = path.join(root, "test", "visualization", "same-picture.png");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-same-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

async function optimized(options: OptionValues): Promise<RgbPicture> {
  const settings: EngineSettings = {
    cacheFolder: fs.mkdtempSync(path.join(folder, "cache-")),
    memoryBudgetBytes: 2 ** 31,
    runtime: "onnxruntime",
    weights: "auto",
  };
  const { data, provenance, code } = await new Asker(engineServices(settings, startRuntime(settings))).ask(
    {
      job: "1",
      analysis: "maximized-activation",
      model: path.join(root, "samples", "vision", "efficientnet-lite0.onnx"),
      subject: { kind: "unit", objectives: ['channel("_blocks.4", 19)'] },
      options: { size: 48, seed: 9, ...options },
      detail: "exact",
    },
    () => undefined,
    () => false,
  );
  assert.match(provenance.runtime.version, options.portable ? /wasm/ : /^\d/);
  assert.equal(/ --portable$/.test(code.cli), options.portable === true);
  assert.ok(data.kind === "maximized-units");
  return data.units[0]!.images[0]!.picture;
}

test("a portable picture is on every machine the one that is committed, byte for byte, also where another rounding would have led elsewhere", async () => {
  const { width, height, rgb } = await optimized({ steps: 64, portable: true });
  if (process.env.GLASSBOX_WRITE_DOCS) fs.writeFileSync(committed, encodeImage(image(width, height, rgb)));
  assert.equal(
    createHash("sha256").update(rgb).digest("hex"),
    createHash("sha256")
      .update(decodePng(fs.readFileSync(committed), committed).image.data)
      .digest("hex"),
  );
});

/** A processor without AVX is 0.85 off in the mean and 7 at most after 24 steps. */
test("in the processor's own arithmetic it is nearly the portable one, until rectifiers part them", async () => {
  const [own, portable] = [await optimized({ steps: 24 }), await optimized({ steps: 24, portable: true })];
  const off = Array.from(own.rgb, (level, i) => Math.abs(level - portable.rgb[i]!));
  const mean = off.reduce((sum, each) => sum + each, 0) / off.length;
  assert.ok(mean < 2 && Math.max(...off) < 20, `${mean} levels off in the mean, ${Math.max(...off)} at most`);
});

test("equal seeds give equal pictures, each made from the start, another seed another", async () => {
  const [first, again] = [await optimized({ steps: 8, seed: 3 }), await optimized({ steps: 8, seed: 3 })];
  assert.deepEqual(first, again);
  assert.notDeepEqual((await optimized({ steps: 8, seed: 4 })).rgb, first.rgb);
});
