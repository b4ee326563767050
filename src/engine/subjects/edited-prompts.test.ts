import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { openDecoder } from "../../architectures/open.ts";
import { residualCheck } from "../../methods/language-model/components.ts";
import { attributionSites } from "../../methods/language-model/direct-effects.ts";
import { directLogitAttribution } from "../../methods/language-model/direct-logit-attribution.ts";
import { generate } from "../../methods/language-model/generate.ts";
import { LanguageModel } from "../../methods/language-model/language-model.ts";
import { nextTokens } from "../../methods/language-model/next-tokens.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type { EditSpec } from "../../protocol/language-model.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { writeTexts } from "../../protocol/written-lists.ts";
import { PromptAsker } from "../../../test/engine/prompt-asker.ts";

const tiny = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-edited-"));
test.after(() => fs.rmSync(cacheFolder, { recursive: true }));
const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 30, runtime: "onnxruntime", weights: "auto" };
const asker = new PromptAsker(settings);

const tokens = [3, 1, 4, 1, 5, 9];
const prompt = { ids: tokens };
const written = (edits: readonly EditSpec[]) => ({ edits: edits.length ? JSON.stringify(edits) : "" });
const others = [{ ids: [2, 7, 1, 8] }, { ids: [6, 2, 8] }];

const cases: Readonly<Record<string, readonly EditSpec[]>> = {
  "no edit": [],
  "a head ablated at one token": [{ kind: "scale", site: "blocks.0.attn.hook_z", head: 1, factor: 0, tokens: [2] }],
  "a head set to its mean": [{ kind: "mean", site: "blocks.1.attn.hook_z", head: 0, over: others }],
  "neurons set to their mean": [{ kind: "mean", site: "blocks.0.mlp.hook_post", over: others }],
  "an attention output halved": [{ kind: "scale", site: "blocks.1.hook_attn_out", factor: 0.5 }],
  "the embedding doubled": [{ kind: "scale", site: "hook_embed", factor: 2 }],
  "the stream steered before a layer": [
    { kind: "steer", site: "blocks.1.hook_resid_pre", toward: others[0]!, from: others[1]!, strength: 3 },
  ],
  "the stream steered at its beginning and at its end": [
    { kind: "steer", site: "blocks.0.hook_resid_pre", toward: others[0]!, from: others[1]!, strength: -2 },
    { kind: "steer", site: "blocks.1.hook_resid_post", toward: others[0]!, from: others[1]!, strength: 1, tokens: [5] },
  ],
  "the stream scaled, then set to its mean at one token": [
    { kind: "scale", site: "blocks.0.hook_resid_mid", factor: 0.5 },
    { kind: "mean", site: "blocks.0.hook_resid_mid", over: others, tokens: [5] },
  ],
  "the stream removed in the middle": [{ kind: "scale", site: "blocks.1.hook_resid_mid", factor: 0 }],
};

for (const family of ["llama-tied-float32", "gpt2-tied-float32"]) {
  for (const [name, edits] of Object.entries(cases)) {
    test(`${family}, ${name}: the run is the sum of its parts, and what attribution explains is the edited logit`, async () => {
      const model = path.join(tiny, family);
      const next = await asker.ask(nextTokens, model, { prompt }, { top: 2, ...written(edits) });
      assert.deepEqual(
        next.certificate.map(({ id, status }) => [id, status]),
        [
          ["residual", "pass"],
          ["pattern", "pass"],
          ["attribution", "pass"],
        ],
      );
      const last = (tokens.length - 1) * 2;
      const { data, certificate } = await asker.ask(
        directLogitAttribution,
        model,
        { prompt },
        { targets: writeTexts(Array.from(next.data.ids.slice(last), (id) => `#${id}`)), ...written(edits) },
      );
      assert.deepEqual(
        certificate.map(({ status }) => status),
        ["pass", "pass", "pass"],
      );
      data.logits.forEach((logit, word) => {
        assert.ok(
          Math.abs(logit - next.data.logits[last + word]!) < 1e-4,
          `logit ${logit} against ${next.data.logits[last + word]}`,
        );
        const sum = data.values.reduce((total, value, i) => total + (i % 2 === word ? value : 0), data.bias[word]!);
        assert.ok(Math.abs(sum - logit) < 1e-4, `${sum} against ${logit}`);
      });
      const made = await asker.ask(generate, model, { prompt }, { maxTokens: 4, ...written(edits) });
      assert.deepEqual(
        made.certificate.map(({ id, status }) => [id, status]),
        [
          ["residual", "pass"],
          ["pattern", "pass"],
          ["attribution", "pass"],
          ["steps", "pass"],
        ],
      );
      assert.equal(made.data.ids[0], next.data.ids[last]);
    });
  }
}

test("an edited stream that is compared without its edits fails its check", async () => {
  const model = new LanguageModel(
    openDecoder(path.join(tiny, "llama-tied-float32"), "edited").decoder,
    referenceRuntime,
  );
  const edit = {
    site: "blocks.1.hook_resid_mid",
    kind: "scale",
    mask: fromFloat64("bool", [1, 1], [1]),
    operand: fromFloat64("float64", [1, 1], [0.9]),
  } as const;
  const trace = await model.trace(tokens, attributionSites(model), [edit]);
  assert.equal(residualCheck(model, trace, [edit]).status, "pass");
  assert.equal(residualCheck(model, trace).status, "fail");
});

test("in attribution, an edit of the stream is a part of its own, and an edited attention output is one part", async () => {
  const model = path.join(tiny, "llama-tied-float32");
  const steered = await asker.ask(
    directLogitAttribution,
    model,
    { prompt },
    written(cases["the stream steered before a layer"]!),
  );
  assert.ok(steered.data.components.includes("edit of blocks.1.hook_resid_pre"));
  const halved = await asker.ask(
    directLogitAttribution,
    model,
    { prompt },
    written(cases["an attention output halved"]!),
  );
  assert.deepEqual(
    halved.data.components.filter((name) => name.startsWith("blocks.1.")),
    ["blocks.1.hook_attn_out", "blocks.1.hook_mlp_out"],
  );
  assert.match(halved.code.cli, /^glassbox ask direct-logit-attribution .* --edits /);
});

test("an edit that nothing depends on is refused, not ignored", async () => {
  const model = path.join(tiny, "llama-tied-float32");
  for (const site of ["blocks.0.attn.hook_result", "ln_final.hook_normalized"]) {
    await assert.rejects(
      () => asker.ask(nextTokens, model, { prompt }, written([{ kind: "scale", site, factor: 0 }])),
      /would have no effect on the result/,
    );
  }
  await assert.rejects(
    () =>
      asker.ask(
        nextTokens,
        model,
        { prompt },
        written([{ kind: "scale", site: "blocks.0.attn.hook_pattern", factor: 0 }]),
      ),
    /cannot be edited by token/,
  );
});
