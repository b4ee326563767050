import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { startRuntime } from "../runtimes.ts";
import { Service } from "../service.ts";
import { SiteSums } from "./statistics.ts";

const near = (found: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, expected ${expected}`);

test("mean, deviation, extremes and share above 0 are those of all values, however large their mean", () => {
  const sums = new SiteSums("a", [1, 2, 2]);
  // Python: statistics.fmean and statistics.pstdev of the eight.
  sums.add(Float64Array.of(1e6, 1e6 + 2, -1, 3));
  sums.add(Float64Array.of(1e6 + 4, 1e6 + 6, 0, 2));
  const { mean, deviation, least, greatest, aboveZero, strongest } = sums.statistics;
  near(mean, 500002, 1e-6, "mean");
  near(deviation, 500001.00000374997, 1e-6, "deviation");
  assert.deepEqual([least, greatest, aboveZero], [-1, 1e6 + 6, 0.75]);
  assert.deepEqual(strongest, [
    { channel: 0, mean: 1000003 },
    { channel: 1, mean: 1 },
  ]);
});

test("a site without channels has no strongest ones", () => {
  const sums = new SiteSums("a", [4]);
  sums.add(Float64Array.of(2, 4, 4, 6));
  near(sums.statistics.deviation, Math.SQRT2, 1e-12, "deviation");
  assert.deepEqual(sums.statistics.strongest, []);
});

test("a model's sites: each channel's mean is what the unit's own facts say, and a second question is answered from disk", async () => {
  const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-sites-"));
  after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
  const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
  const service = new Service(settings, startRuntime(settings));
  const model = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision", "efficientnet-lite0.onnx");
  const card = await service.openModel({ model });
  const asked = performance.now();
  const found = await service.sites.statistics({ model }, () => false);
  console.log(`${card.sites.length} sites in ${(performance.now() - asked).toFixed(0)} ms`);
  assert.deepEqual(
    found!.sites.map(({ site }) => site),
    card.sites.map(({ name }) => name),
  );
  assert.deepEqual(found!.photographs, ["chelsea.png", "coffee.png", "rocket.jpg"]);
  const { strongest, least, greatest, site } = found!.sites.find((each) => each.site === "_blocks.0._bn1")!;
  for (const { channel, mean } of strongest) {
    const { histogram } = await service.units.facts({ model, site, channel }, () => false);
    near(mean, histogram.mean, 1e-5 * Math.abs(mean), `channel ${channel}`);
    assert.ok(least <= histogram.low + 1e-4 && histogram.high - 1e-4 <= greatest);
  }
  const started = performance.now();
  assert.deepEqual(await service.sites.statistics({ model }, () => false), found);
  console.log(`from disk in ${(performance.now() - started).toFixed(0)} ms`);
  assert.equal(
    await new Service(
      { ...settings, cacheFolder: path.join(cacheFolder, "other") },
      startRuntime(settings),
    ).sites.statistics({ model }, () => true),
    null,
    "stopped, it is none",
  );
});
