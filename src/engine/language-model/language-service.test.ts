import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { AttentionGlance, JobEvent, LensPart, PatchPart, PatchParams } from "../../protocol/language-model.ts";
import { startRuntime } from "../runtimes.ts";
import { LanguageService } from "./language-service.ts";

const folder = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny");
const model = path.join(folder, "llama-tied-float32");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-language-"));
test.after(() => fs.rmSync(cacheFolder, { recursive: true }));

interface Oracle {
  readonly tokens: number[];
  readonly greedy: number[];
  readonly patching: {
    readonly clean: number[];
    readonly corrupted: number[];
    readonly answer: number;
    readonly wrong: number;
    readonly grid: number[][];
    readonly cleanMetric: number;
    readonly corruptedMetric: number;
  };
}
const oracle = JSON.parse(fs.readFileSync(path.join(model, "oracle.json"), "utf8")) as Oracle;
const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 30, runtime: "onnxruntime", weights: "auto" };
const service = (): LanguageService => new LanguageService(settings, startRuntime(settings));
const never = (): boolean => false;
const prompt = { ids: oracle.tokens };

const patching: PatchParams = {
  model,
  job: "p",
  clean: { ids: oracle.patching.clean },
  corrupted: { ids: oracle.patching.corrupted },
  component: "resid_pre",
  direction: "denoise",
  replacement: "run",
  method: "exact",
  metric: { kind: "logit-difference", answer: oracle.patching.answer, wrong: oracle.patching.wrong },
};

test("a card says what the model is, and that prompts are ids where there is no tokenizer", async () => {
  const card = await service().open({ model });
  assert.deepEqual(
    [card.family, card.format, card.layers, card.heads, card.keyValueHeads, card.headWidth, card.vocabulary],
    ["llama", "safetensors", 2, 6, 2, 4, 61],
  );
  assert.equal(card.tokenizer, undefined);
  assert.ok(card.notes.some((note) => /token ids/.test(note)));
  assert.deepEqual(card.sites.find(({ name }) => name === "blocks.1.attn.hook_pattern")?.axes, [
    "head",
    "query",
    "key",
  ]);
  await assert.rejects(() => service().tokenize({ model, prompt: { text: "Hello" } }), /no tokenizer/);
});

test("weights are float16 where float32 would not fit into the budget, or where a person says so, and the card says why", async () => {
  const chosenFor = async (weights: EngineSettings["weights"], memoryBudgetBytes: number) => {
    const chosen = { ...settings, weights, memoryBudgetBytes };
    const one = new LanguageService(chosen, startRuntime(chosen));
    const { data, provenance, code } = await one.nextTokens({ model, prompt, top: 1 });
    const card = await one.open({ model });
    return { card, note: card.notes[0]!, best: data.ids.at(-1), cli: code.cli, option: provenance.options["weights"] };
  };
  const plenty = await chosenFor("auto", 2 ** 30);
  assert.equal(plenty.card.weights, "float32");
  assert.match(plenty.note, /kept in float32, .* which the memory budget allows\.$/);
  assert.doesNotMatch(plenty.cli, /--weights/);
  const scarce = await chosenFor("auto", 50_000);
  assert.deepEqual([scarce.card.weights, scarce.option, scarce.best], ["float16", "float16", plenty.best]);
  assert.match(scarce.note, /kept in float16, .* since float32 would not fit .* rounded to 11 bits/);
  assert.match(scarce.cli, / --weights float16$/);
  assert.match((await chosenFor("float16", 1000)).note, /as the settings say.* more than the memory budget/);
  assert.equal((await chosenFor("float32", 1000)).card.weights, "float32");
});

test("a shard opens the whole checkpoint: the same model, by the same hash, as its index and its folder", async () => {
  const sharded = path.join(folder, "llama-sharded-bfloat16");
  const one = service();
  const whole = await one.open({ model: sharded });
  for (const name of [
    "model-00001-of-00003.safetensors",
    "model-00003-of-00003.safetensors",
    "model.safetensors.index.json",
  ]) {
    const card = await one.open({ model: path.join(sharded, name) });
    assert.deepEqual([card.sha256, card.parameters, card.bytes], [whole.sha256, whole.parameters, whole.bytes]);
    assert.equal(
      card.notes.some((note) => note === `${name} is one of 3 parts; the whole checkpoint was opened.`),
      !name.endsWith(".json"),
    );
  }
});

test("the patching grid streams coarse layers first, and is remembered with its stream", async () => {
  const asked = async (one: LanguageService) => {
    const events: JobEvent<PatchPart>[] = [];
    const outcome = await one.patch(patching, (event) => events.push(event), never);
    return { events, outcome };
  };
  const first = await asked(service());
  assert.deepEqual(first.events[0]!.part, {
    kind: "baseline",
    clean: first.outcome.data.clean,
    corrupted: first.outcome.data.corrupted,
    columns: 7,
  });
  assert.ok(Math.abs(first.outcome.data.clean - oracle.patching.cleanMetric) < 1e-4);
  oracle.patching.grid.flat().forEach((value, i) => assert.ok(Math.abs(first.outcome.data.cells[i]! - value) < 1e-4));
  assert.deepEqual(
    first.outcome.certificate.map(({ id, status }) => [id, status]),
    [
      ["residual", "pass"],
      ["pattern", "pass"],
      ["attribution", "pass"],
    ],
  );
  assert.match(first.outcome.code.cli, /^glassbox patch /);
  const again = await asked(service());
  assert.equal(again.outcome.cached, true);
  assert.deepEqual(
    again.events.map(({ part }) => part),
    first.events.map(({ part }) => part),
  );
});

test("estimates carry a comparison with exact values; noising starts from the clean run; ablation needs no second prompt", async () => {
  const one = service();
  const estimate = await one.patch({ ...patching, method: "attribution" }, () => undefined, never);
  assert.ok(estimate.certificate.some(({ id }) => id === "estimate"));
  const noised = await one.patch({ ...patching, direction: "noise" }, () => undefined, never);
  assert.ok(Math.abs(noised.data.cells[0]! - noised.data.clean) < 1e-4, "nothing differs at the first token");
  const ablated = await one.patch(
    { ...patching, corrupted: patching.clean, component: "head", replacement: "zero" },
    () => undefined,
    never,
  );
  assert.equal(ablated.data.columns, 6);
  assert.ok(ablated.data.cells.some((value) => Math.abs(value - ablated.data.clean) > 1e-3));
});

test("a cancelled sweep keeps what it has and is not remembered", async () => {
  let stop = false;
  const params: PatchParams = { ...patching, component: "mlp_out" };
  const outcome = await service().patch(
    params,
    ({ part }) => (stop ||= part.kind === "layer"),
    () => stop,
  );
  assert.equal(outcome.cancelled, true);
  assert.equal(outcome.data.cells.filter(Number.isFinite).length, 7);
  assert.equal((await service().patch(params, () => undefined, never)).cached, false);
});

test("attention, lens, next tokens and generation agree with each other", async () => {
  const one = service();
  const next = await one.nextTokens({ model, prompt, top: 3 });
  assert.equal(next.data.ids[3 * 6], oracle.greedy[0]);
  assert.deepEqual(
    next.certificate.map(({ status }) => status),
    ["pass", "pass", "pass"],
  );

  const lens: JobEvent<LensPart>[] = [];
  await one.lens({ model, prompt, job: "l", top: 1 }, (event) => lens.push(event), never);
  assert.deepEqual(
    lens.map(({ part }) => part.layer),
    [2, 0, 1],
  );
  assert.equal(lens[0]!.part.ids[6], oracle.greedy[0]);
  assert.ok(lens[0]!.part.divergences.every((value) => value < 1e-9));

  const heads: JobEvent<AttentionGlance>[] = [];
  const attention = await one.attention(
    { model, prompt, job: "a", valueWeighted: false },
    (event) => heads.push(event),
    never,
  );
  assert.equal(attention.certificate[0]!.status, "pass");
  assert.deepEqual(
    heads.map(({ part }) => [part.layer, part.side, part.planes.length]),
    [
      [0, 7, 6 * 49],
      [1, 7, 6 * 49],
    ],
  );
  const rows = await one.attentionRows({ model, prompt, layer: 1, head: 4, valueWeighted: false, from: 0 });
  rows.data.weights.forEach((weight, i) => assert.equal(heads[1]!.part.planes[4 * 49 + i], Math.round(weight * 255)));

  const made = await one.generate(
    { model, prompt, job: "g", most: 4, temperature: 0, topP: 1, seed: 0 },
    () => undefined,
    never,
  );
  assert.deepEqual([...made.data.ids], oracle.greedy.slice(0, 4));
});

test("edits act: a layer scaled by one changes nothing, its heads ablated change something, and steering towards itself nothing", async () => {
  const one = service();
  const plain = await one.nextTokens({ model, prompt, top: 2 });
  const same = await one.nextTokens({
    model,
    prompt,
    top: 2,
    edits: [
      { kind: "scale", site: "blocks.0.hook_mlp_out", factor: 1 },
      { kind: "steer", site: "blocks.1.hook_resid_pre", toward: prompt, from: prompt, strength: 3 },
    ],
  });
  assert.deepEqual(same.data.logits, plain.data.logits);
  const ablated = await one.nextTokens({
    model,
    prompt,
    top: 2,
    edits: [{ kind: "scale", site: "blocks.0.attn.hook_z", factor: 0, head: 3, tokens: [2] }],
  });
  assert.deepEqual(
    ablated.data.logits.slice(0, 4),
    plain.data.logits.slice(0, 4),
    "nothing before the edited token changes",
  );
  assert.notDeepEqual(ablated.data.logits.slice(4), plain.data.logits.slice(4));
});

test("what does not fit is refused with a sentence and a way on", async () => {
  const one = service();
  await assert.rejects(() => one.open({ model: path.join(folder, "nowhere") }), /cannot be read/);
  await assert.rejects(
    () => one.patch({ ...patching, corrupted: { ids: [1, 2] } }, () => undefined, never),
    /7 tokens and the corrupted one 2/,
  );
  await assert.rejects(
    () => one.nextTokens({ model, prompt, top: 1, edits: [{ kind: "scale", site: "blocks.9.hook_z", factor: 0 }] }),
    /no site named blocks.9.hook_z/,
  );
  await assert.rejects(
    () => one.attentionRows({ model, prompt, layer: 2, head: 0, valueWeighted: false, from: 0 }),
    /layer is 2/,
  );
});
