import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { activationPatching } from "../../src/methods/language-model/activation-patching.ts";
import { nextTokens } from "../../src/methods/language-model/next-tokens.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import { GlassboxProcess } from "../cli/glassbox-process.ts";
import { PromptAsker } from "../engine/prompt-asker.ts";

const root = process.env["GLASSBOX_ROOT"] ?? ".";
const model = path.join(root, "../shared/models/smollm2-135m-instruct-q4_1.gguf");
const oracle = path.join(root, "../shared/oracles/smollm2-135m.json");
const skip = !(fs.existsSync(model) && fs.existsSync(oracle)) && "SmolLM2 and its oracle are absent";

const glassbox = new GlassboxProcess();
before(() => skip || glassbox.build());
after(() => glassbox.end());
const settings: EngineSettings = {
  cacheFolder: glassbox.path("cache"),
  memoryBudgetBytes: 2 ** 31,
  runtime: "onnxruntime",
  weights: "float32",
};

test("SmolLM2 in float32: its first distribution and its 30 × 14 patching grid take 1.2 GB", { skip }, async (t) => {
  // In a process of its own, so that this one's memory is what a session with a warm store has.
  const { code, err } = glassbox.run(
    ...["ask", "next-tokens", model, "--prompt", "The capital of France is", "--weights", "float32"],
  );
  assert.equal(code, 0, err);

  const asker = new PromptAsker(settings);
  const { certificate, cached } = await asker.ask(nextTokens, model, { prompt: { text: "The capital of Italy is" } });
  assert.deepEqual([cached, ...certificate.map(({ status }) => status)], [false, "pass", "pass", "pass"]);

  const [pair] = (
    JSON.parse(fs.readFileSync(oracle, "utf8")) as {
      readonly patching: readonly {
        readonly clean_ids: number[];
        readonly corrupted_ids: number[];
        readonly good: string;
        readonly bad: string;
      }[];
    }
  ).patching;
  const { data } = await asker.ask(activationPatching, model, {
    prompt: { ids: pair!.clean_ids },
    corrupted: { ids: pair!.corrupted_ids },
    answer: pair!.good,
    wrong: pair!.bad,
  });
  assert.deepEqual([data.layers, data.columns, data.cells.every(Number.isFinite)], [30, 14, true]);

  const resident = process.resourceUsage().maxRSS * 1024;
  t.diagnostic(`most resident memory: ${(resident / 1e9).toFixed(2)} GB`);
  assert.ok(resident <= 1.2e9, `${resident} bytes`);
});
