import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { resultJson } from "../../src/answers/json.ts";
import { activationPatching } from "../../src/methods/language-model/activation-patching.ts";
import { attentionHead } from "../../src/methods/language-model/attention-head.ts";
import { attention } from "../../src/methods/language-model/attention.ts";
import { attributionPatching } from "../../src/methods/language-model/attribution-patching.ts";
import { directLogitAttribution } from "../../src/methods/language-model/direct-logit-attribution.ts";
import { generate } from "../../src/methods/language-model/generate.ts";
import { logitLens } from "../../src/methods/language-model/logit-lens.ts";
import { nextTokens } from "../../src/methods/language-model/next-tokens.ts";
import type { AnswerData } from "../../src/protocol/answer-data.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { EditSpec } from "../../src/protocol/language-model.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { PromptAsker } from "../engine/prompt-asker.ts";
import { GlassboxProcess, root } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-panel-"));
before(() => glassbox.build());
after(() => {
  glassbox.end();
  fs.rmSync(cacheFolder, { recursive: true });
});

const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" };
const asker = new PromptAsker(settings);

const model = path.resolve(root, "test/oracles/tiny/llama-tied-float32");
const prompt = { ids: [3, 1, 4, 1, 5, 9] };
const pair = { prompt, corrupted: { ids: [3, 1, 7, 1, 5, 9] }, answer: 2, wrong: 11 };
const interventions: readonly EditSpec[] = [
  { kind: "scale", site: "blocks.0.attn.hook_z", head: 1, factor: 0, tokens: [2] },
  { kind: "mean", site: "blocks.1.attn.hook_z", head: 0, over: [{ ids: [2, 7, 1, 8] }, { ids: [6, 2, 8] }] },
];
const edits = JSON.stringify(interventions);

interface View {
  readonly analysis: { readonly id: string; readonly gives: AnswerData["kind"] };
  readonly options: OptionValues;
  readonly subject?: Parameters<PromptAsker["ask"]>[2];
}

/** What the panel asks the engine in each of its views. */
const views: Readonly<Record<string, View>> = {
  "next token": { analysis: nextTokens, options: { top: 10, edits } },
  generation: {
    analysis: generate,
    options: { maxTokens: 6, temperature: 0.8, topP: 0.9, seed: 3, stop: "#60", edits },
  },
  "attention, all heads": { analysis: attention, options: { edits } },
  "attention, one head": { analysis: attentionHead, options: { head: "1.4", valueWeighted: true, edits } },
  "logit lens": { analysis: logitLens, options: { top: 8, edits } },
  attribution: { analysis: directLogitAttribution, options: { position: 4, targets: "#2|#11", edits } },
  patching: { analysis: activationPatching, options: {}, subject: pair },
  "attribution patching": { analysis: attributionPatching, options: { component: "head" }, subject: pair },
  "mean ablation": {
    analysis: activationPatching,
    options: { direction: "noise", replacement: "mean", means: "2 7|6 2 8", component: "mlp_out" },
    subject: { ...pair, corrupted: undefined },
  },
};

for (const [name, { analysis, options, subject = { prompt } }] of Object.entries(views)) {
  test(`${name}: the command that the panel copies gives the panel's numbers, checks and provenance`, async () => {
    const { data, certificate, provenance, code } = await asker.ask(analysis, model, subject, options);
    const { code: status, out, err } = glassbox.runLine(`${code.cli} --json`);
    assert.equal(status, 0, err);
    const terminal = JSON.parse(out) as Readonly<Record<string, unknown>>;
    const shown = JSON.parse(resultJson({ data, certificate, provenance })) as Readonly<Record<string, unknown>>;
    for (const part of Object.keys(shown)) assert.deepEqual(terminal[part], shown[part], part);
  });
}
