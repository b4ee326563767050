import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { openDecoder } from "../../src/architectures/open.ts";
import { tokenizerFromGguf } from "../../src/data/text/gguf-tokenizer.ts";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import { attributionSites, directEffects } from "../../src/methods/language-model/direct-effects.ts";
import { agreement, patchEstimates } from "../../src/methods/language-model/patch-estimates.ts";
import { attentionSites, patternSite } from "../../src/methods/language-model/attention-patterns.ts";
import { patternCheck } from "../../src/methods/language-model/components.ts";
import { sampleTokens } from "../../src/methods/language-model/sample-tokens.ts";
import { LanguageModel } from "../../src/methods/language-model/language-model.ts";
import { lensSites, lensLayers } from "../../src/methods/language-model/lens-layers.ts";
import { tokenDistributions } from "../../src/methods/language-model/token-distributions.ts";
import { baseSites, patchGrid } from "../../src/methods/language-model/patch-grid.ts";

const root = process.env["GLASSBOX_ROOT"] ?? ".";
const file = path.join(root, "../shared/models/smollm2-135m-instruct-q4_1.gguf");
const oracleFile = path.join(root, "../shared/oracles/smollm2-135m.json");
const skip = !(fs.existsSync(file) && fs.existsSync(oracleFile)) && "SmolLM2 and its oracle are absent";

interface PromptOracle {
  readonly prompt: string;
  readonly ids: number[];
  readonly top5: number[];
  readonly top5_logits: number[];
  readonly log_normaliser: number;
  readonly residual_norms_last: number[];
  readonly logit_lens_top1_last: number[];
  readonly attention_last_row: Readonly<Record<string, number[]>>;
  readonly greedy16: number[];
}
interface PatchingOracle {
  readonly clean: string;
  readonly corrupted: string;
  readonly good: string;
  readonly bad: string;
  readonly clean_ids: number[];
  readonly corrupted_ids: number[];
  readonly resid_pre_patched_logit_difference: number[][];
}

/** Opened once: the tests of this file share the store, as a session of a person's would. */
const opened = skip ? undefined : await open();

async function open() {
  const oracle = JSON.parse(fs.readFileSync(oracleFile, "utf8")) as {
    readonly prompts: PromptOracle[];
    readonly patching: PatchingOracle[];
  };
  const store = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-smollm2-"));
  const { decoder, metadata, close } = openDecoder(
    file,
    createHash("sha256").update(fs.readFileSync(file)).digest("hex"),
  );
  const model = new LanguageModel(decoder, await onnxRuntime(new WeightStore(store)));
  const end = async (): Promise<void> => {
    await model.release();
    close();
    fs.rmSync(store, { recursive: true });
  };
  return { oracle, model, tokenizer: tokenizerFromGguf(metadata!), end };
}
test.after(() => opened?.end());

const never = (): boolean => false;
const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

test(
  "SmolLM2: ids, logits, norms, lens, attention and greedy text are transformers' in float64",
  { skip },
  async () => {
    const { oracle, model, tokenizer } = opened!;
    for (const expected of oracle.prompts) {
      const ids = tokenizer.encode(expected.prompt, { addBos: false }).map(({ id }) => id);
      assert.deepEqual(ids, expected.ids, expected.prompt);
      const last = ids.length - 1;

      const { data, certificate } = await tokenDistributions(model, ids, 5);
      assert.deepEqual([...data.ids.subarray(5 * last)], expected.top5);
      expected.top5_logits.forEach((logit, i) => assert.ok(Math.abs(data.logits[5 * last + i]! - logit) <= 2e-3));
      assert.ok(Math.abs(data.normalizers[last]! - expected.log_normaliser) <= 2e-3);
      assert.deepEqual(
        certificate.map(({ status }) => status),
        ["pass", "pass", "pass"],
      );

      const trace = await model.trace(ids, [...lensSites(model), ...attentionSites(model)]);
      const width = model.decoder.width;
      expected.residual_norms_last.forEach((expectedNorm, layer) => {
        const state = trace.get(`blocks.${layer}.hook_resid_pre`).data as Float32Array;
        const own = norm(state.subarray(last * width, (last + 1) * width));
        assert.ok(Math.abs(own / expectedNorm - 1) <= 1e-4, `norm before layer ${layer}: ${own}, not ${expectedNorm}`);
      });
      assert.equal(patternCheck([patternSite(0), patternSite(29)].map(trace.get)).status, "pass");
      for (const [name, row] of Object.entries(expected.attention_last_row)) {
        const [layer, head] = name.split(".").map(Number) as [number, number];
        const pattern = trace.get(patternSite(layer));
        row.forEach((weight, key) =>
          assert.ok(
            Math.abs((pattern.data[(head * ids.length + last) * ids.length + key] as number) - weight) <= 1e-4,
            `attention of ${name}`,
          ),
        );
      }
      for await (const cells of lensLayers(model, trace, {
        positions: [last],
        top: 2,
        tracked: [expected.top5[0]!],
        cancelled: never,
      })) {
        // Where the two best words are as good as equal, either may come first.
        if (Math.log(cells.probabilities[0]! / cells.probabilities[1]!) > 1e-2)
          assert.equal(cells.ids[0], expected.logit_lens_top1_last[cells.layer], `lens at layer ${cells.layer}`);
      }
      const greedy: number[] = [];
      for await (const { id } of sampleTokens(model, ids, {
        maxTokens: 16,
        temperature: 0,
        topP: 1,
        seed: 0,
        stop: [],
        cancelled: never,
      }))
        greedy.push(id);
      assert.deepEqual(greedy, expected.greedy16, expected.prompt);
    }
  },
);

test(
  "SmolLM2: the 30 × 14 patching grid is transformers', and attribution patching estimates it",
  { skip },
  async (t) => {
    const { oracle, model, tokenizer } = opened!;
    const expected = oracle.patching[0]!;
    const word = (text: string): number => tokenizer.encode(text, { addBos: false })[0]!.id;
    const [base, clean] = [
      await model.trace(expected.corrupted_ids, baseSites(model)),
      await model.trace(expected.clean_ids, baseSites(model)),
    ];
    const metric = { kind: "logit-difference", answer: word(expected.good), wrong: word(expected.bad) } as const;
    const position = expected.clean_ids.length - 1;
    const start = performance.now();
    const exact: Float64Array[] = [];
    for await (const { layer, cells } of patchGrid(model, base, {
      component: "resid_pre",
      metric,
      position,
      reference: clean,
      replacement: { kind: "run", trace: clean },
      cancelled: never,
    })) {
      exact[layer] = cells;
      cells.forEach((value, token) =>
        assert.ok(
          Math.abs(value - expected.resid_pre_patched_logit_difference[layer]![token]!) <= 5e-3,
          `layer ${layer}, token ${token}`,
        ),
      );
    }
    t.diagnostic(`the grid took ${Math.round(performance.now() - start)} ms with its compilation`);
    const estimates = await patchEstimates(model, base, {
      component: "resid_pre",
      metric,
      position,
      source: clean,
      reference: clean,
    });
    const baseline = exact[0]![0]!;
    t.diagnostic(
      `attribution patching against exact effects: r = ${agreement(
        estimates,
        exact.map((row) => row.map((value) => value - baseline)),
      ).toFixed(3)}`,
    );
    t.diagnostic(
      `layer: estimate / exact at the second subject: ${[0, 10, 20, 29].map((layer) => `${layer}: ${estimates[layer]![9]!.toFixed(2)} / ${(exact[layer]![9]! - baseline).toFixed(2)}`).join(", ")}`,
    );
  },
);

test("SmolLM2: direct effects of embeddings, heads and MLPs add up to the logits", { skip }, async () => {
  const { oracle, model } = opened!;
  const { ids, top5 } = oracle.prompts[0]!;
  const trace = await model.trace(ids, attributionSites(model));
  const { data, certificate } = await directEffects(model, trace, ids.length - 1, top5.slice(0, 2));
  assert.deepEqual(
    certificate.map(({ status }) => status),
    ["pass", "pass", "pass"],
  );
  assert.equal(data.components.length, 1 + 30 * (9 + 1 + 1));
});
