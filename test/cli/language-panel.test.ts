import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { toJson } from "../../src/cli/language-model/grid.ts";
import { LanguageService } from "../../src/engine/language-model/language-service.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { EditSpec, LanguageProof, PatchParams } from "../../src/protocol/language-model.ts";
import { GlassboxProcess, root } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-panel-"));
before(() => glassbox.build());
after(() => {
  glassbox.end();
  fs.rmSync(cacheFolder, { recursive: true });
});

const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" };
const service = new LanguageService(settings, startRuntime(settings));
const never = (): boolean => false;

const model = path.resolve(root, "test/oracles/tiny/llama-tied-float32");
const prompt = { ids: [3, 1, 4, 1, 5, 9] };
const edits: readonly EditSpec[] = [
  { kind: "scale", site: "blocks.0.attn.hook_z", head: 1, factor: 0, tokens: [2] },
  { kind: "mean", site: "blocks.1.attn.hook_z", head: 0, over: [{ ids: [2, 7, 1, 8] }, { ids: [6, 2, 8] }] },
];
const asked = { model, prompt, edits, job: "panel" };
const sweep: PatchParams = {
  model,
  job: "panel",
  clean: prompt,
  corrupted: { ids: [3, 1, 7, 1, 5, 9] },
  component: "resid_pre",
  metric: { kind: "logit-difference", answer: 2, wrong: 11 },
  direction: "denoise",
  replacement: "run",
  method: "exact",
};

/** What the panel asks the engine in each of its views, with what streams in, as the terminal's document names it. */
type Ask = (part: (part: object) => void) => Promise<LanguageProof & { readonly data: object }>;
const told = (part: (part: object) => void) => (event: { readonly part: object }) => part(event.part);
const views: Readonly<Record<string, { readonly ask: Ask; readonly parts?: "tokens" | "heads" | "layers" }>> = {
  "next token": { ask: () => service.nextTokens({ ...asked, top: 10 }) },
  generation: {
    ask: (part) =>
      service.generate({ ...asked, most: 6, temperature: 0.8, topP: 0.9, seed: 3, stop: [60] }, told(part), never),
    parts: "tokens",
  },
  "attention, all heads": {
    ask: (part) =>
      service.attention(
        { ...asked, valueWeighted: false },
        ({ part: { layer, heads } }) => heads.forEach((facts, head) => part({ layer, head, ...facts })),
        never,
      ),
    parts: "heads",
  },
  "attention, one head": {
    ask: () => service.attentionRows({ ...asked, layer: 1, head: 4, valueWeighted: true, from: 0 }),
  },
  "logit lens": { ask: (part) => service.lens({ ...asked, top: 8 }, told(part), never), parts: "layers" },
  attribution: { ask: () => service.directAttribution({ ...asked, token: 4, targets: [2, 11] }) },
  patching: { ask: () => service.patch(sweep, () => undefined, never) },
  "attribution patching": {
    ask: () => service.patch({ ...sweep, method: "attribution", component: "head" }, () => undefined, never),
  },
  "mean ablation": {
    ask: () =>
      service.patch(
        {
          ...sweep,
          corrupted: prompt,
          direction: "noise",
          replacement: "mean",
          means: [{ ids: [2, 7] }, { ids: [6, 2, 8] }],
          component: "mlp_out",
        },
        () => undefined,
        never,
      ),
  },
};

for (const [name, { ask, parts }] of Object.entries(views)) {
  test(`${name}: the command that the panel copies gives the panel's numbers, checks and provenance`, async () => {
    const streamed: object[] = [];
    const { data, certificate, provenance, code } = await ask((part) => streamed.push(part));
    const { code: status, out, err } = glassbox.runLine(`${code.cli} --json`);
    assert.equal(status, 0, err);
    const terminal = JSON.parse(out) as Readonly<Record<string, unknown>>;
    const shown = JSON.parse(
      toJson({ data, certificate, provenance, ...(parts ? { [parts]: streamed } : {}) }),
    ) as Readonly<Record<string, unknown>>;
    for (const part of Object.keys(shown)) assert.deepEqual(terminal[part], shown[part], part);
  });
}
