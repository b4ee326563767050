import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { startRuntime } from "../runtimes.ts";
import { engineServices } from "../services.ts";
import { exampleOf } from "./example.ts";
import { factsOf } from "./facts.ts";

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
