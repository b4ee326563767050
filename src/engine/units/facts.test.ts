import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { decodePng } from "../../data/image/decode-png.ts";
import { Asker } from "../ask/asker.ts";
import { startRuntime } from "../runtimes.ts";
import { engineServices } from "../services.ts";
import { exampleOf } from "./example.ts";
import { factsOf } from "./facts.ts";
import { thumbnailOf } from "./thumbnail.ts";

const samples = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-units-"));
after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
const services = engineServices(settings, startRuntime(settings));
const model = path.join(samples, "efficientnet-lite0.onnx");

test("facts of a unit: real pictures in order, a histogram of every position, slopes that the ablation bears out", async () => {
  const facts = await factsOf(services, { model, site: "_blocks.14", channel: 6 }, () => false);
  const means = facts.photographs.map(({ mean }) => mean);
  assert.deepEqual(
    means,
    [...means].sort((a, b) => b - a),
  );
  assert.equal(
    facts.histogram.counts.reduce((sum, count) => sum + count, 0),
    3 * 49,
  );
  assert.equal(facts.classes!.raised.length, 5);
  assert.ok(facts.classes!.raised[0]!.slope > 0 && facts.classes!.lowered[0]!.slope < 0);
  const example = await exampleOf(services, {
    model,
    site: "_blocks.14",
    channel: 6,
    picture: path.join(samples, "chelsea.png"),
  });
  assert.deepEqual([example.activation.rows, example.activation.columns, example.view.width], [7, 7, 160]);
  const mean = example.activation.values.reduce((sum, value) => sum + value, 0) / 49;
  assert.ok(Math.abs(mean - facts.photographs.find(({ name }) => name === "chelsea.png")!.mean) < 1e-4);
  assert.equal(example.ablation!.before[0]!.name, "Egyptian cat");
});

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
