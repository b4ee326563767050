import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { VisualizeEvent, VisualizeOptions, VisualizeOutcome } from "../../protocol/visualization.ts";
import { usualVisualizeOptions } from "../../protocol/visualization.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { startRuntime } from "../runtimes.ts";
import { Service } from "../service.ts";

const samples = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-visualization-"));
after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
const service = new Service(settings, startRuntime(settings));
const model = path.join(samples, "efficientnet-lite0.onnx");
const unit = 'channel("_blocks.4", 19)';

const grow = (
  objectives: readonly string[],
  options: Partial<VisualizeOptions>,
  events: VisualizeEvent[] = [],
  cancelled: () => boolean = () => false,
): Promise<VisualizeOutcome> =>
  service.visualizations.run(
    { job: "1", model, objectives, options: { ...usualVisualizeOptions, size: 32, steps: 24, ...options } },
    (event) => events.push(event),
    cancelled,
  );

test("a small picture grows, streams, is compared with real pictures, and is remembered", async () => {
  const events: VisualizeEvent[] = [];
  const {
    results: [result],
    cached,
  } = await grow([unit], {}, events);
  const [image] = result!.data.images;
  const { history, picture } = image!;
  assert.ok(history.at(-1)![1] > history[0]![1] + 5, `${history[0]![1]} to ${history.at(-1)![1]}`);
  assert.deepEqual(
    [picture.width, picture.height, picture.rgb.length, image!.underTransforms.length],
    [32, 32, 32 * 32 * 3, 12],
  );
  assert.deepEqual(
    result!.certificate.map(({ id }) => id),
    ["activation", "photographs", "transforms"],
  );
  assert.deepEqual(
    result!.data.photographs.map(({ name }) => name),
    ["chelsea.png", "coffee.png", "rocket.jpg"],
  );
  assert.equal(events.at(-1)!.progress.done, 24);
  assert.equal(events.at(-1)!.frame!.picture.rgb.length, picture.rgb.length);
  assert.equal(cached, false);
  const again = await grow([unit], {});
  assert.equal(again.cached, true);
  assert.deepEqual(again.results[0]!.data, result!.data);
  assert.match(
    result!.code.cli,
    /^glassbox visualize .* --objective 'channel\("_blocks\.4", 19\)' --size 32 --steps 24$/,
  );
});

test("stopped and asked again, it goes on to the same picture as without a stop", async () => {
  const whole = await grow([unit], { seed: 3 });
  const other = new Service({ ...settings, cacheFolder: path.join(cacheFolder, "other") }, startRuntime(settings));
  const params = {
    job: "2",
    model,
    objectives: [unit],
    options: { ...usualVisualizeOptions, size: 32, steps: 24, seed: 3 },
  };
  let polls = 0;
  const stopped = await other.visualizations.run(
    params,
    () => undefined,
    () => ++polls > 9,
  );
  assert.equal(stopped.cancelled, true);
  const steps: number[] = [];
  const resumed = await other.visualizations.run(
    params,
    ({ frame }) => frame && steps.push(frame.step),
    () => false,
  );
  assert.ok(steps[0]! > 3, "it did not begin anew");
  assert.deepEqual(resumed.results[0]!.data.images[0]!.picture, whole.results[0]!.data.images[0]!.picture);
});

/** Asked of an engine that remembers nothing, with this much memory. */
const anew = async (
  objectives: readonly string[],
  options: Partial<VisualizeOptions>,
  memoryBudgetBytes: number = settings.memoryBudgetBytes,
  runtime: EngineSettings["runtime"] = "onnxruntime",
): Promise<Uint8Array[]> => {
  const own = { cacheFolder: fs.mkdtempSync(path.join(cacheFolder, "anew-")), memoryBudgetBytes, runtime };
  const params = {
    job: "1",
    model,
    objectives,
    options: { ...usualVisualizeOptions, size: 32, steps: 24, ...options },
  };
  const { results } = await new Service(own, startRuntime(own)).visualizations.run(
    params,
    () => undefined,
    () => false,
  );
  return results.flatMap(({ data }) => data.images.map(({ picture }) => picture.rgb));
};

test("a picture that grew beside others is the one that grows alone, pixel by pixel", async () => {
  const other = 'channel("_blocks.4", 5)';
  const [together, one, two] = [
    await anew([unit, other], { seed: 9 }),
    await anew([unit], { seed: 9 }),
    await anew([other], { seed: 9 }),
  ];
  assert.deepEqual(together, [...one, ...two]);
  assert.notDeepEqual(one, two);
});

test("pictures that memory does not hold at once take turns, and come out the same; compared ones are refused in words", async () => {
  const few = 6 * 2 ** 20;
  assert.deepEqual(await anew([unit], { images: 3, steps: 6 }, few), await anew([unit], { images: 3, steps: 6 }));
  await assert.rejects(
    anew([`${unit} - diversity`], { images: 3 }, few),
    /3 pictures of 32 × 32 that are compared with each other need more memory/,
  );
});

test("several units at once give what each gives alone", async () => {
  const [together, alone] = [
    await grow([unit, 'channel("_blocks.4", 5)'], { seed: 9, steps: 8 }),
    await grow(['channel("_blocks.4", 5)'], { seed: 9, steps: 8 }),
  ];
  assert.equal(alone.cached, true);
  assert.deepEqual(
    together.results.map(({ data }) => data.objective),
    [unit, 'channel("_blocks.4", 5)'],
  );
});

test("what cannot be grown is refused in a sentence", async () => {
  const refusals: readonly (readonly [readonly string[], Partial<VisualizeOptions>, RegExp])[] = [
    [['channel("_blocks.4", 40)'], {}, /reads channel 40, but there are 40/],
    [['channel("nowhere", 1)'], {}, /no site named nowhere/],
    [[`${unit} - diversity`], {}, /compares pictures/],
    [[unit], { steps: 0 }, /steps is 0/],
    [['direction("_blocks.4", [1, 2])'], {}, /2 numbers, but _blocks\.4 has 40 channels/],
    [['neuron("_blocks.4", 1, 99, 0)'], {}, /is outside/],
  ];
  for (const [objectives, options, words] of refusals)
    await assert.rejects(
      grow(objectives, options),
      (error) => error instanceof GlassboxError && words.test(error.what),
      String(words),
    );
});

test("facts of a unit: real pictures in order, a histogram of every position, slopes that the ablation bears out", async () => {
  const facts = await service.units.facts({ model, site: "_blocks.14", channel: 6 }, () => false);
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
  const example = await service.units.example({
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
