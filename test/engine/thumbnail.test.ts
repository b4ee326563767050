import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { decodePng } from "../../src/data/image/decode-png.ts";
import { Asker } from "../../src/engine/ask/asker.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { engineServices } from "../../src/engine/services.ts";
import { factsOf } from "../../src/engine/units/facts.ts";
import { thumbnailOf } from "../../src/engine/units/thumbnail.ts";

const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-thumbnail-"));
after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
const services = engineServices(settings, startRuntime(settings));
const model = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision", "efficientnet-lite0.onnx");

test("a unit's thumbnail is a picture that excites it more than photographs do, made once; stopped, there is none", async () => {
  const unit = { model, site: "_blocks.14", channel: 6 };
  const asker = new Asker(services);
  assert.equal(await thumbnailOf({ ...services, asker }, unit, () => true), null);
  const found = await thumbnailOf({ ...services, asker }, unit, () => false);
  const { image } = decodePng(Buffer.from(found!.png, "base64"), "thumbnail.png");
  assert.deepEqual([image.width, image.height], [96, 96]);
  const { histogram, photographs } = await factsOf(services, unit, () => false);
  assert.deepEqual([found!.mean, found!.aboveZero], [histogram.mean, histogram.aboveZero]);
  assert.ok(found!.activation > photographs[0]!.mean, `${found!.activation}, at most ${photographs[0]!.mean}`);
  const cached: boolean[] = [];
  const listening: Pick<Asker, "ask"> = {
    ask: async (...asked) => {
      const answer = await asker.ask(...asked);
      cached.push(answer.cached);
      return answer;
    },
  };
  assert.deepEqual(await thumbnailOf({ ...services, asker: listening }, unit, () => false), found);
  assert.deepEqual(cached, [true]);
});
