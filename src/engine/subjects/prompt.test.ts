import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { activationPatching } from "../../methods/language-model/activation-patching.ts";
import { attentionHead } from "../../methods/language-model/attention-head.ts";
import { attention } from "../../methods/language-model/attention.ts";
import { attributionPatching } from "../../methods/language-model/attribution-patching.ts";
import { generate } from "../../methods/language-model/generate.ts";
import { logitLens } from "../../methods/language-model/logit-lens.ts";
import { nextTokens } from "../../methods/language-model/next-tokens.ts";
import type { Part } from "../../protocol/answer-data.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { AttentionGlance, EditSpec, LensPart, PatchPart } from "../../protocol/language-model.ts";
import { PromptAsker } from "../../../test/engine/prompt-asker.ts";
import { tinyOracle, tinyPath } from "../../../test/oracles/tiny-oracle.ts";
import { tokenize } from "../prompts/tokenize.ts";

const model = tinyPath("llama-tied-float32");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-language-"));
test.after(() => fs.rmSync(cacheFolder, { recursive: true }));

const oracle = tinyOracle("llama-tied-float32");
const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 30, runtime: "onnxruntime", weights: "auto" };
const asker = (): PromptAsker => new PromptAsker(settings);
const prompt = { ids: oracle.tokens };

const pair = {
  prompt: { ids: oracle.patching.clean },
  corrupted: { ids: oracle.patching.corrupted },
  answer: oracle.patching.answer,
  wrong: oracle.patching.wrong,
};
const ablation = { ...pair, corrupted: undefined };
const written = (edits: readonly EditSpec[]) => ({ edits: JSON.stringify(edits) });

test("a card says what the model is, and that prompts are ids where there is no tokenizer", async () => {
  const { services } = asker();
  const { card } = await services.models.languageModel(model);
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
  await assert.rejects(() => tokenize(services, { model, prompt: { text: "Hello" } }), /no tokenizer/);
});

test("weights are float16 where float32 would not fit into the budget, or where a person says so, and the card says why", async () => {
  const chosenFor = async (weights: EngineSettings["weights"], memoryBudgetBytes: number) => {
    const chosen = { ...settings, weights, memoryBudgetBytes };
    const one = new PromptAsker(chosen);
    const { data, provenance, code } = await one.ask(nextTokens, model, { prompt }, { top: 1 });
    const { card } = await one.services.models.languageModel(model);
    const kept = provenance.preparation.split(", weights ").at(-1);
    return { card, note: card.notes[0]!, best: data.ids.at(-1), cli: code.cli, kept };
  };
  const plenty = await chosenFor("auto", 2 ** 30);
  assert.equal(plenty.card.weights, "float32");
  assert.match(plenty.note, /kept in float32, .* which the memory budget allows\.$/);
  assert.doesNotMatch(plenty.cli, /--weights/);
  const scarce = await chosenFor("auto", 50_000);
  assert.deepEqual([scarce.card.weights, scarce.kept, scarce.best], ["float16", "float16", plenty.best]);
  assert.match(scarce.note, /kept in float16, .* since float32 would not fit .* rounded to 11 bits/);
  assert.match(scarce.cli, / --weights float16( |$)/);
  assert.match((await chosenFor("float16", 1000)).note, /as the settings say.* more than the memory budget/);
  assert.equal((await chosenFor("float32", 1000)).card.weights, "float32");
});

test("a shard opens the whole checkpoint: the same model, by the same hash, as its index and its folder", async () => {
  const sharded = tinyPath("llama-sharded-bfloat16");
  const { models } = asker().services;
  const { card: whole } = await models.languageModel(sharded);
  for (const name of [
    "model-00001-of-00003.safetensors",
    "model-00003-of-00003.safetensors",
    "model.safetensors.index.json",
  ]) {
    const { card } = await models.languageModel(path.join(sharded, name));
    assert.deepEqual([card.sha256, card.parameters, card.bytes], [whole.sha256, whole.parameters, whole.bytes]);
    assert.equal(
      card.notes.some((note) => note === `${name} is one of 3 parts; the whole checkpoint was opened.`),
      !name.endsWith(".json"),
    );
  }
});

test("the patching grid streams coarse layers first, and is kept whole", async () => {
  const parts: Part[] = [];
  const first = await asker().ask(activationPatching, model, pair, {}, { onPart: (part) => parts.push(part) });
  assert.deepEqual(parts[0], {
    kind: "baseline",
    clean: first.data.clean,
    corrupted: first.data.corrupted,
    columns: 7,
  });
  assert.deepEqual(
    parts.slice(1).map((part) => "layer" in part && part.layer),
    [0, 1],
  );
  for (const { layer, cells } of parts.slice(1) as Extract<PatchPart, { kind: "layer" }>[])
    assert.deepEqual(cells, first.data.cells.slice(7 * layer, 7 * (layer + 1)));
  assert.ok(Math.abs(first.data.clean - oracle.patching.cleanMetric) < 1e-4);
  oracle.patching.grid.flat().forEach((value, i) => assert.ok(Math.abs(first.data.cells[i]! - value) < 1e-4));
  assert.deepEqual(
    first.certificate.map(({ id, status }) => [id, status]),
    [
      ["residual", "pass"],
      ["pattern", "pass"],
      ["attribution", "pass"],
    ],
  );
  const ids = `'${oracle.patching.clean.join(" ")}' --corrupted '${oracle.patching.corrupted.join(" ")}'`;
  assert.ok(first.code.cli.startsWith(`glassbox ask activation-patching ${model} --ids ${ids} --answer '#`));
  const again = await asker().ask(activationPatching, model, pair);
  assert.equal(again.cached, true);
  assert.deepEqual(again.data, first.data);
});

test("estimates carry a comparison with exact values; noising starts from the clean run; ablation needs no second prompt", async () => {
  const one = asker();
  const estimate = await one.ask(attributionPatching, model, pair);
  assert.ok(estimate.certificate.some(({ id }) => id === "estimate"));
  const noised = await one.ask(activationPatching, model, pair, { direction: "noise" });
  assert.ok(Math.abs(noised.data.cells[0]! - noised.data.clean) < 1e-4, "nothing differs at the first token");
  const ablated = await one.ask(activationPatching, model, ablation, { component: "head", replacement: "zero" });
  assert.equal(ablated.data.columns, 6);
  assert.ok(ablated.data.cells.some((value) => Math.abs(value - ablated.data.clean) > 1e-3));
});

test("a cancelled grid keeps what it has and is not kept on disk", async () => {
  let stop = false;
  const outcome = await asker().ask(
    activationPatching,
    model,
    pair,
    { component: "mlp_out" },
    { onPart: (part) => (stop ||= "kind" in part && part.kind === "layer"), cancelled: () => stop },
  );
  assert.equal(outcome.cancelled, true);
  assert.equal(outcome.data.cells.filter(Number.isFinite).length, 7);
  assert.equal((await asker().ask(activationPatching, model, pair, { component: "mlp_out" })).cached, false);
});

test("attention, lens, next tokens and generation agree with each other", async () => {
  const one = asker();
  const next = await one.ask(nextTokens, model, { prompt }, { top: 3 });
  assert.equal(next.data.ids[3 * 6], oracle.greedy[0]);
  assert.deepEqual(
    next.certificate.map(({ status }) => status),
    ["pass", "pass", "pass"],
  );

  const lens: Part[] = [];
  const read = await one.ask(logitLens, model, { prompt }, { top: 1 }, { onPart: (part) => lens.push(part) });
  assert.deepEqual(read.data.parts, lens);
  const layers = lens as LensPart[];
  assert.deepEqual(
    layers.map(({ layer }) => layer),
    [2, 0, 1],
  );
  assert.equal(layers[0]!.ids[6], oracle.greedy[0]);
  assert.ok(layers[0]!.divergences.every((value) => value < 1e-9));

  const heads: Part[] = [];
  const glance = await one.ask(attention, model, { prompt }, {}, { onPart: (part) => heads.push(part) });
  assert.equal(glance.certificate[0]!.status, "pass");
  assert.deepEqual(glance.data.parts, heads);
  const planes = heads as AttentionGlance[];
  assert.deepEqual(
    planes.map(({ layer, side, planes }) => [layer, side, planes.length]),
    [
      [0, 7, 6 * 49],
      [1, 7, 6 * 49],
    ],
  );
  const head = await one.ask(attentionHead, model, { prompt }, { head: "1.4" });
  assert.equal(head.data.weights.length, 49);
  head.data.weights.forEach((weight, i) => assert.equal(planes[1]!.planes[4 * 49 + i], Math.round(weight * 255)));

  const made = await one.ask(generate, model, { prompt }, { maxTokens: 4 });
  assert.deepEqual([...made.data.ids], oracle.greedy.slice(0, 4));
});

test("edits act: a layer scaled by one changes nothing, its heads ablated change something, and steering towards itself nothing", async () => {
  const one = asker();
  const edited = (edits: readonly EditSpec[]) => one.ask(nextTokens, model, { prompt }, { top: 2, ...written(edits) });
  const plain = await one.ask(nextTokens, model, { prompt }, { top: 2 });
  const same = await edited([
    { kind: "scale", site: "blocks.0.hook_mlp_out", factor: 1 },
    { kind: "steer", site: "blocks.1.hook_resid_pre", toward: prompt, from: prompt, strength: 3 },
  ]);
  assert.deepEqual(same.data.logits, plain.data.logits);
  const ablated = await edited([{ kind: "scale", site: "blocks.0.attn.hook_z", factor: 0, head: 3, tokens: [2] }]);
  assert.deepEqual(
    ablated.data.logits.slice(0, 4),
    plain.data.logits.slice(0, 4),
    "nothing before the edited token changes",
  );
  assert.notDeepEqual(ablated.data.logits.slice(4), plain.data.logits.slice(4));
});

test("what does not fit is refused with a sentence and a way on", async () => {
  const one = asker();
  await assert.rejects(() => one.services.models.languageModel(tinyPath("nowhere")), /cannot be read/);
  await assert.rejects(
    () => one.ask(activationPatching, model, { ...pair, corrupted: { ids: [1, 2] } }),
    /7 tokens and the corrupted one 2/,
  );
  await assert.rejects(
    () => one.ask(activationPatching, model, { ...pair, wrong: undefined }),
    /the prompt has no wrong, which the metric logit-difference reads/,
  );
  await assert.rejects(() => one.ask(activationPatching, model, pair, { layers: "0,2" }), /there is no layer 2/);
  await assert.rejects(() => one.ask(activationPatching, model, pair, { position: 7 }), /position is 7/);
  await assert.rejects(() => one.ask(nextTokens, model, { prompt: { ids: [61] } }), /there is no token 61/);
  await assert.rejects(
    () => one.ask(nextTokens, model, { prompt }, written([{ kind: "scale", site: "blocks.9.hook_z", factor: 0 }])),
    /no site named blocks.9.hook_z/,
  );
  await assert.rejects(() => one.ask(attentionHead, model, { prompt }, { head: "2.0" }), /layer is 2/);
});

/** The tiny model with a tokenizer whose tokens are the letters a to d, and a space before one. */
function withTokenizer(): string {
  const copy = path.join(cacheFolder, "with tokenizer");
  fs.cpSync(model, copy, { recursive: true });
  const vocab = Object.fromEntries(["a", "b", "c", "d", "Ġ", "Ġa", "Ġb"].map((text, id) => [text, id]));
  const merges = ["Ġ a", "Ġ b"];
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const json = {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: "BPE", vocab, merges },
  };
  fs.writeFileSync(path.join(copy, "tokenizer.json"), JSON.stringify(json));
  return copy;
}

test("a prompt of text is asked, shown, and written as text; a pair of a text and ids is written as ids", async () => {
  const lettered = withTokenizer();
  const one = asker();
  const texts = { prompt: { text: "abc a", addBos: false }, corrupted: { text: "abd a", addBos: false } };
  const words = { answer: " b", wrong: "c" };
  const { data, provenance, code } = await one.ask(activationPatching, lettered, { ...texts, ...words });
  assert.deepEqual([...data.cleanTokens, ...data.corruptedTokens], [0, 1, 2, 5, 0, 1, 3, 5]);
  assert.deepEqual(data.shown, ["a", "b", "c", "·a"]);
  assert.deepEqual(data.metric, { kind: "logit-difference", answer: 6, wrong: 2 });
  assert.equal(provenance.subject.name, "abc a | abd a");
  assert.equal(provenance.preparation, 'token ids 0 1 2 5 | 0 1 3 5, answer " b", wrong "c", weights float32');
  assert.equal(
    code.cli,
    `glassbox ask activation-patching '${lettered}' --prompt 'abc a' --no-bos --corrupted 'abd a' --answer ' b' --wrong c`,
  );
  assert.match(
    code.experiment!,
    /prompt: abc a\n {4}corrupted: abd a\n {4}bos: false\n {4}answer: " b"\n {4}wrong: c\n/,
  );

  const mixed = await one.ask(activationPatching, lettered, { ...texts, corrupted: { ids: [0, 1, 3, 5] }, ...words });
  assert.deepEqual(mixed.data, data);
  assert.match(mixed.code.cli, / --ids '0 1 2 5' --corrupted '0 1 3 5' --answer /);
  assert.equal(mixed.code.experiment, undefined);

  const means = await one.ask(
    activationPatching,
    lettered,
    { ...texts, ...words },
    { replacement: "mean", means: "ab|d" },
  );
  const meansOfIds = await one.ask(
    activationPatching,
    lettered,
    { prompt: { ids: [0, 1, 2, 5] }, corrupted: { ids: [0, 1, 3, 5] }, ...words },
    { replacement: "mean", means: "0 1|3" },
  );
  assert.deepEqual(means.data, meansOfIds.data);
  await assert.rejects(
    () => one.ask(activationPatching, lettered, { ...texts, answer: "ab", wrong: "c" }),
    /"ab" is 2 tokens: "a", "b"/,
  );
});
