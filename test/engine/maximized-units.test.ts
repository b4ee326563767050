import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { DataOf } from "../../src/protocol/answer-data.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { Answer, AskEvent, Question, UnitSubject } from "../../src/protocol/question.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import type { PictureFrame } from "../../src/protocol/visualization.ts";
import { GlassboxError } from "../../src/tensor/errors.ts";
import { Asker } from "../../src/engine/ask/asker.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { engineServices } from "../../src/engine/services.ts";

const samples = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-visualization-"));
after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
const askerOf = (own: EngineSettings): Asker => new Asker(engineServices(own, startRuntime(own)));
const asker = askerOf(settings);
const model = path.join(samples, "efficientnet-lite0.onnx");
const unit = 'channel("_blocks.4", 19)';
const other = 'channel("_blocks.4", 5)';

type Maximized = Answer<DataOf<"maximized-units">>;

/** What an engine answers, `asker` unless another is given. */
async function maximize(
  objectives: readonly string[],
  options: OptionValues,
  {
    from = asker,
    events = [],
    cancelled = () => false,
    photographs,
    ...rest
  }: Partial<Pick<Question, "fresh" | "detail">> & {
    readonly from?: Asker;
    readonly events?: AskEvent[];
    readonly cancelled?: () => boolean;
    readonly photographs?: string;
  } = {},
): Promise<Maximized> {
  const question: Question<UnitSubject> = {
    job: "1",
    analysis: "maximized-activation",
    model,
    subject: { kind: "unit", objectives, photographs },
    options: { size: 32, steps: 24, ...options },
    detail: "exact",
    ...rest,
  };
  return (await from.ask(question, (event) => events.push(event), cancelled)) as Maximized;
}

const framesOf = (events: readonly AskEvent[]): readonly PictureFrame[] =>
  events.map(({ part }) => part as PictureFrame);

test("a small picture is optimized, streams, is compared with real pictures, and is kept", async () => {
  const events: AskEvent[] = [];
  const answer = await maximize([unit], {}, { events });
  const [found] = answer.data.units;
  const [image] = found!.images;
  const { history, picture } = image!;
  assert.ok(history.at(-1)![1] > history[0]![1] + 5, `${history[0]![1]} to ${history.at(-1)![1]}`);
  assert.deepEqual(
    [picture.width, picture.height, picture.rgb.length, image!.underTransforms.length],
    [32, 32, 32 * 32 * 3, 12],
  );
  assert.deepEqual(
    answer.certificate.map(({ id }) => id),
    ["activation", "photographs", "transforms"],
  );
  assert.deepEqual(
    found!.photographs.map(({ name }) => name),
    ["chelsea.png", "coffee.png", "rocket.jpg"],
  );
  assert.equal(events.at(-1)!.progress.done, 24);
  assert.equal(framesOf(events).at(-1)!.picture.rgb.length, picture.rgb.length);
  assert.equal(answer.cached, false);
  const again = await maximize([unit], {});
  assert.equal(again.cached, true);
  assert.deepEqual(again.data, answer.data);
  assert.match(
    answer.code.cli,
    /^glassbox ask maximized-activation .* --objective 'channel\("_blocks\.4", 19\)' --size 32 --steps 24 --learning-rate 0\.05$/,
  );
  assert.match(answer.code.experiment!, /objective: channel\("_blocks\.4", 19\)/);
});

test("steps and learning rate are those of the preset unless others are asked for, and the answer says which", async () => {
  const stopped = { cancelled: () => true };
  for (const [preset, steps] of [
    ["glassbox", 256],
    ["lucid", 512],
    ["pixel", 256],
  ] as const) {
    const { provenance, code, data } = await maximize([unit], { preset, steps: 0 }, stopped);
    assert.deepEqual([provenance.options.steps, provenance.options.learningRate], [steps, 0.05]);
    assert.match(code.cli, new RegExp(`--steps ${steps} --learning-rate 0.05$`));
    assert.deepEqual(data.units, []);
  }
  const { provenance } = await maximize([unit], { preset: "lucid", steps: 40, learningRate: 0.1 }, stopped);
  assert.deepEqual([provenance.options.steps, provenance.options.learningRate], [40, 0.1]);
});

test("an objective that compares pictures has four of them unless another number is asked for", async () => {
  const { data, provenance } = await maximize([`${unit} - 0.2*diversity`], { steps: 2 });
  assert.deepEqual([data.units[0]!.images.length, provenance.options.images], [4, 4]);
  const two = await maximize([`${unit} - 0.2*diversity`], { steps: 2, images: 2 });
  assert.deepEqual([two.data.units[0]!.images.length, two.provenance.options.images], [2, 2]);
});

test("stopped and asked again, it continues to the same picture as without a stop; fresh, it starts over", async () => {
  const whole = await maximize([unit], { seed: 3 });
  const from = askerOf({ ...settings, cacheFolder: path.join(cacheFolder, "other") });
  const stop = async (): Promise<void> => {
    let polls = 0;
    const stopped = await maximize([unit], { seed: 3 }, { from, cancelled: () => ++polls > 9 });
    assert.equal(stopped.cancelled, true);
  };
  await stop();
  const over: AskEvent[] = [];
  await maximize([unit], { seed: 3 }, { from, events: over, fresh: true, cancelled: () => true });
  assert.deepEqual(over, [], "stopped before it began, it drops the paused state");
  await stop();
  const events: AskEvent[] = [];
  const resumed = await maximize([unit], { seed: 3 }, { from, events });
  assert.ok(framesOf(events)[0]!.step > 3, "it started over");
  assert.deepEqual(resumed.data.units[0]!.images[0]!.picture, whole.data.units[0]!.images[0]!.picture);
  const another = askerOf({ ...settings, cacheFolder: path.join(cacheFolder, "fresh") });
  let polls = 0;
  await maximize([unit], { seed: 3 }, { from: another, cancelled: () => ++polls > 9 });
  const anew: AskEvent[] = [];
  const fresh = await maximize([unit], { seed: 3 }, { from: another, events: anew, fresh: true });
  assert.equal(framesOf(anew)[0]!.step, 0);
  assert.deepEqual(fresh.data, whole.data);
});

/** The pictures that an engine without a cache makes, with this much memory. */
async function picturesOf(
  objectives: readonly string[],
  options: OptionValues,
  memoryBudgetBytes: number = settings.memoryBudgetBytes,
): Promise<Uint8Array[]> {
  const own = { ...settings, cacheFolder: fs.mkdtempSync(path.join(cacheFolder, "empty-")), memoryBudgetBytes };
  const { data } = await maximize(objectives, options, { from: askerOf(own) });
  return data.units.flatMap(({ images }) => images.map(({ picture }) => picture.rgb));
}

test("a picture that was optimized next to others is the one that is optimized alone, pixel by pixel", async () => {
  const [together, one, two] = [
    await picturesOf([unit, other], { seed: 9 }),
    await picturesOf([unit], { seed: 9 }),
    await picturesOf([other], { seed: 9 }),
  ];
  assert.deepEqual(together, [...one, ...two]);
  assert.notDeepEqual(one, two);
});

test("pictures that memory does not hold at once take turns, and come out the same; compared ones are refused in words", async () => {
  // The network itself needs 9.2 MB.
  const few = 10 * 2 ** 20;
  assert.deepEqual(
    await picturesOf([unit], { images: 3, steps: 6 }, few),
    await picturesOf([unit], { images: 3, steps: 6 }),
  );
  await assert.rejects(
    picturesOf([`${unit} - diversity`], { images: 3 }, few),
    /3 pictures of 32 × 32 that are compared with each other need more memory/,
  );
});

test("of several units only those are computed that no question had before, and the certificate says whose checks are whose", async () => {
  const options = { seed: 9, steps: 8 };
  const together = await maximize([unit, other], options);
  assert.deepEqual(
    together.data.units.map(({ objective }) => objective),
    [unit, other],
  );
  assert.deepEqual(
    together.certificate.map(({ label }) => label),
    [unit, other].flatMap((objective) =>
      ["activation", "against real pictures", "kept under transforms"].map((label) => `${objective}: ${label}`),
    ),
  );
  assert.equal(together.code.experiment, undefined);
  const alone: AskEvent[] = [];
  const { data, certificate } = await maximize([other], options, { events: alone });
  assert.deepEqual([data.units, alone], [[together.data.units[1]], []]);
  assert.deepEqual(certificate, together.data.units[1]!.certificate);
  const third = 'channel("_blocks.4", 6)';
  const events: AskEvent[] = [];
  const three = await maximize([other, third, unit], options, { events });
  assert.deepEqual(
    [[...new Set(framesOf(events).map(({ objective }) => objective))], events.at(-1)!.progress],
    [[1], { done: 8, total: 8, note: "8 of 8 steps, 3 of 3 units" }],
  );
  assert.deepEqual(
    three.data.units.map(({ objective }) => objective),
    [other, third, unit],
  );
});

test("photographs of a folder are compared with, and the command and the experiment name the folder", async () => {
  const photographs = path.join(cacheFolder, "some photographs");
  fs.mkdirSync(photographs);
  fs.copyFileSync(path.join(samples, "coffee.png"), path.join(photographs, "mug.png"));
  fs.writeFileSync(path.join(photographs, "empty.png"), "");
  const { data, code, provenance } = await maximize([unit], { steps: 1, size: 16 }, { photographs });
  assert.deepEqual([data.units[0]!.photographs.map(({ name }) => name), data.photographsFound], [["mug.png"], 2]);
  assert.ok(code.cli.includes(` --photographs '${photographs}' `), code.cli);
  assert.match(code.experiment!, /photographs: .*some photographs\n/);
  const samplesAsked = await maximize([unit], { steps: 1, size: 16 });
  assert.notEqual(samplesAsked.provenance.subject.sha256, provenance.subject.sha256);
});

test("what cannot be optimized is refused in a sentence", async () => {
  const refusals: readonly (readonly [readonly string[], OptionValues, RegExp])[] = [
    [['channel("_blocks.4", 40)'], {}, /reads channel 40, but there are 40/],
    [['channel("nowhere", 1)'], {}, /no site named nowhere/],
    [[unit], { steps: -1 }, /steps is -1/],
    [['direction("_blocks.4", [1, 2])'], {}, /2 numbers, but _blocks\.4 has 40 channels/],
    [['neuron("_blocks.4", 1, 99, 0)'], {}, /is outside/],
    [[], {}, /neither a unit nor another objective is given/],
  ];
  for (const [objectives, options, words] of refusals)
    await assert.rejects(
      maximize(objectives, options),
      (error) => error instanceof GlassboxError && words.test(error.what),
      String(words),
    );
});
