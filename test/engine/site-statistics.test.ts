import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { engineServices } from "../../src/engine/services.ts";
import { factsOf } from "../../src/engine/units/facts.ts";
import { statisticsOfSites } from "../../src/engine/sites/statistics.ts";

const near = (found: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, expected ${expected}`);

test("a model's sites: each channel's mean is what the unit's own facts say, and a second question is answered from disk", async () => {
  const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-sites-"));
  after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
  const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
  const services = engineServices(settings, startRuntime(settings));
  const model = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision", "efficientnet-lite0.onnx");
  const { card } = await services.models.network(model);
  const asked = performance.now();
  const found = await statisticsOfSites(services, { model }, () => false);
  console.log(`${card.sites.length} sites in ${(performance.now() - asked).toFixed(0)} ms`);
  assert.deepEqual(
    found!.sites.map(({ site }) => site),
    card.sites.map(({ name }) => name),
  );
  assert.deepEqual(found!.photographs, ["chelsea.png", "coffee.png", "rocket.jpg"]);
  const { strongest, least, greatest, site } = found!.sites.find((each) => each.site === "_blocks.0._bn1")!;
  for (const { channel, mean } of strongest) {
    const { histogram } = await factsOf(services, { model, site, channel }, () => false);
    near(mean, histogram.mean, 1e-5 * Math.abs(mean), `channel ${channel}`);
    assert.ok(least <= histogram.low + 1e-4 && histogram.high - 1e-4 <= greatest);
  }
  const started = performance.now();
  assert.deepEqual(await statisticsOfSites(services, { model }, () => false), found);
  console.log(`from disk in ${(performance.now() - started).toFixed(0)} ms`);
  assert.equal(
    await statisticsOfSites(
      engineServices({ ...settings, cacheFolder: path.join(cacheFolder, "other") }, startRuntime(settings)),
      { model },
      () => true,
    ),
    null,
    "stopped, there is none",
  );
});
