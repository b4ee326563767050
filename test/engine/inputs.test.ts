import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { contractFacts } from "../../src/answers/contract-words.ts";
import { startEngine } from "../../src/engine/engine.ts";
import { prepareInput } from "../../src/engine/inputs.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import type { NetworkCard } from "../../src/protocol/model.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { channelMeans } from "../files/onnx-file.ts";
import { aboutTheCat, heatmapOf, PictureAsker } from "./picture-asker.ts";

const pictures = new PictureAsker();
const engine = startEngine(pictures.settings, startRuntime(pictures.settings));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-inputs-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

let count = 0;
function written(contents: Uint8Array, companion?: Readonly<Record<string, unknown>>): string {
  const own = path.join(folder, String(count++));
  fs.mkdirSync(own);
  const file = path.join(own, "means.onnx");
  fs.writeFileSync(file, contents);
  if (companion) fs.writeFileSync(path.join(own, "means.glassbox.json"), JSON.stringify(companion));
  return file;
}

async function cardOf(model: string): Promise<NetworkCard> {
  const { card } = await engine.models.open(model);
  assert.ok(card.kind === "network");
  return card;
}

/** The gradient of the number 1 with respect to the picture. */
async function slope(model: string, target = "logit:1"): Promise<Float64Array> {
  const answer = await pictures.ask({ analysis: "gradient", model, subject: aboutTheCat.subject, target });
  return toFloat64(heatmapOf(answer).values);
}

const rgb = { name: "picture", type: 1, shape: ["N", 3, 8, 8] } as const;

test("pixels as bytes open, are fed from 0 to 255, and have a gradient: that of the mean", async () => {
  const model = written(channelMeans({ ...rgb, type: 2 }));
  const card = await cardOf(model);
  const [input] = card.contract.inputs;
  assert.equal(input!.elementType, "uint8");
  assert.deepEqual(input!.preprocessing!.value.range, [0, 255]);
  assert.equal(input!.preprocessing!.evidence.from, "file");
  const values = await slope(model);
  values.forEach((value, i) => assert.ok(Math.abs(value - (i >= 64 && i < 128 ? 1 / 64 : 0)) < 1e-7, `${i}: ${value}`));
});

test("free sizes are chosen and said; the exporter's size and a person's come first", async () => {
  const free = { ...rgb, shape: ["N", 3, "height", "width"] } as const;
  const sizesOf = async (model: string): Promise<readonly number[]> =>
    (await cardOf(model)).contract.inputs[0]!.axes.value.map(({ size }) => size);
  const usual = written(channelMeans(free));
  assert.deepEqual(await sizesOf(usual), [1, 3, 224, 224]);
  const { axes } = (await cardOf(usual)).contract.inputs[0]!;
  assert.equal(axes.sure, false);
  assert.match(axes.evidence.words, /leaves N?.*height and width free: 224 × 224 is the first usual size/);
  assert.deepEqual(await sizesOf(written(channelMeans(free, [], { imgsz: "[96, 96]" }))), [1, 3, 96, 96]);
  const said = written(channelMeans(free), { sizes: { height: 40, width: 56 } });
  assert.deepEqual(await sizesOf(said), [1, 3, 40, 56]);
  assert.equal((await slope(said)).length, 3 * 40 * 56);
});

test("grey pictures are explained", async () => {
  const model = written(channelMeans({ ...rgb, shape: ["N", 1, 28, 28] }));
  const { preprocessing } = await prepareInput(engine, { model, input: aboutTheCat.subject.input });
  assert.equal(preprocessing?.channelOrder, "grey");
  assert.equal((await slope(model, "number:0")).length, 28 * 28);
});

test("of several inputs one is explained, and the others' values are seen and can be given", async () => {
  const further = [{ name: "gain", type: 1, shape: ["N", 1] }] as const;
  const zero = await cardOf(written(channelMeans(rgb, further)));
  const roles = zero.contract.inputs.map(({ name, role }) => [name, role.value, role.sure]);
  assert.deepEqual(roles, [
    ["picture", { is: "explained" }, false],
    ["gain", { is: "constant", value: 0 }, false],
  ]);
  const words = contractFacts(zero.contract).map(({ name, value }) => `${name}: ${value}`);
  assert.ok(words.includes("input gain: always 0"), words.join("\n"));
  const model = written(channelMeans(rgb, further), { constants: { gain: 4 } });
  const values = await slope(model);
  values.forEach((value, i) => assert.ok(Math.abs(value - (i >= 64 && i < 128 ? 4 / 64 : 0)) < 1e-6, `${i}: ${value}`));
});

test("names in the model's metadata, as Ultralytics writes them, are the classes' names", async () => {
  const card = await cardOf(written(channelMeans(rgb, [], { names: "{0: 'red', 1: 'green', 2: 'blue'}" })));
  assert.deepEqual(card.classes?.names, ["red", "green", "blue"]);
  assert.equal(card.contract.names?.evidence.from, "file");
  assert.equal(card.contract.heads[0]!.kind.sure, true);
});

test("Hugging Face's files next to the model give names and preprocessing", async () => {
  const model = written(channelMeans(rgb));
  const beside = (name: string, value: unknown): void =>
    fs.writeFileSync(path.join(path.dirname(model), name), JSON.stringify(value));
  beside("config.json", { id2label: { 0: "tench", 1: "goldfish", 2: "shark" } });
  beside("preprocessor_config.json", {
    do_rescale: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.25, 0.25, 0.25],
    resample: 3,
    size: { height: 8, width: 8 },
  });
  const card = await cardOf(model);
  assert.deepEqual(card.classes?.names, ["tench", "goldfish", "shark"]);
  const prepared = await prepareInput(engine, { model, input: aboutTheCat.subject.input });
  assert.equal(prepared.sure, true);
  assert.deepEqual(prepared.preprocessing?.std, [0.25, 0.25, 0.25]);
});

test("a person's correction is an entry of its own, and an old companion still reads", async () => {
  const old = await cardOf(written(channelMeans(rgb), { classes: "names.txt" }));
  assert.equal(old.contract.heads[0]!.kind.value.is, "classes");
  const corrected = await cardOf(written(channelMeans(rgb), { kind: "number" }));
  const [head] = corrected.contract.heads;
  assert.deepEqual([head!.kind.value.is, head!.kind.evidence.from, head!.kind.sure], ["number", "person", true]);
  assert.equal(corrected.classes, undefined);
});
