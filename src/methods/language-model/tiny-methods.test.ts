import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { tinyNames, tinyOracle, tinyPath } from "../../../test/oracles/tiny-oracle.ts";
import { openDecoder } from "../../architectures/open.ts";
import { onnxRuntime } from "../../runtime/onnxruntime/onnxruntime.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { WeightStore } from "../../runtime/weight-store.ts";
import { Random } from "../../tensor/random.ts";
import { fromFloat64, toFloat64 } from "../../tensor/tensor.ts";
import type { Metric } from "../../protocol/language-model.ts";
import { attributionSites, directEffects } from "./direct-effects.ts";
import { agreement, patchEstimates } from "./patch-estimates.ts";
import { steer } from "./edits.ts";
import { chooseToken, sampleTokens } from "./sample-tokens.ts";
import { LanguageModel } from "./language-model.ts";
import { metricReader } from "./metric.ts";
import { tokenDistributions } from "./token-distributions.ts";
import { baseSites, componentSite, patchGrid } from "./patch-grid.ts";

const store = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-tiny-methods-"));
test.after(() => fs.rmSync(store, { recursive: true }));

const reference = (name: string): LanguageModel =>
  new LanguageModel(openDecoder(tinyPath(name), name).decoder, referenceRuntime);
const never = (): boolean => false;
const finalOf = (model: LanguageModel): string => `blocks.${model.decoder.layers - 1}.hook_resid_post`;

for (const name of tinyNames) {
  test(`${name}: attribution patching equals PyTorch's gradient, to 1e-9`, async () => {
    const { patching } = tinyOracle(name);
    const model = reference(name);
    const [base, source] = [
      await model.trace(patching.corrupted, baseSites(model)),
      await model.trace(patching.clean, baseSites(model)),
    ];
    const metric: Metric = { kind: "logit-difference", answer: patching.answer, wrong: patching.wrong };
    const cells = await patchEstimates(model, base, {
      component: "resid_pre",
      metric,
      position: patching.clean.length - 1,
      source,
      reference: source,
    });
    cells.forEach((row, layer) =>
      row.forEach((value, token) => assert.ok(Math.abs(value - patching.attribution[layer]![token]!) < 1e-9)),
    );
  });

  test(`${name}: greedy continuation with cached keys and values equals that of transformers`, async () => {
    const { tokens, greedy } = tinyOracle(name);
    const model = new LanguageModel(
      openDecoder(tinyPath(name), name).decoder,
      await onnxRuntime(new WeightStore(store)),
    );
    const made: number[] = [];
    for await (const { id } of sampleTokens(model, tokens, {
      maxTokens: greedy.length,
      temperature: 0,
      topP: 1,
      seed: 0,
      stop: [],
      cancelled: never,
    }))
      made.push(id);
    assert.deepEqual(made, greedy);
    await model.release();
  });
}

for (const name of ["llama-scaled-rope-float32", "gpt2-tied-float32"]) {
  test(`${name}: attribution patching is the directional derivative of every metric, for every component, to 1e-4`, async (t) => {
    const { patching } = tinyOracle(name);
    const model = reference(name);
    const [base, source] = [
      await model.trace(patching.corrupted, baseSites(model)),
      await model.trace(patching.clean, baseSites(model)),
    ];
    const position = patching.clean.length - 1;
    const metrics: readonly Metric[] = [
      { kind: "logit-difference", answer: patching.answer, wrong: patching.wrong },
      { kind: "probability", answer: patching.answer },
      { kind: "log-probability", answer: patching.answer },
      { kind: "divergence" },
    ];
    for (const component of ["resid_pre", "attn_out", "mlp_out", "head"] as const) {
      for (const metric of metrics) {
        const estimates = await patchEstimates(model, base, { component, metric, position, source, reference: source });
        const reader = await metricReader(
          model,
          metric,
          fromFloat64(
            "float64",
            [1, model.decoder.width],
            toFloat64(source.get(finalOf(model))).slice(-model.decoder.width),
          ),
        );
        // A central difference along a′ − a of one site, at all its tokens and heads at once.
        const site = componentSite(component, 1);
        const change = toFloat64(source.get(site)).map((value, i) => value - toFloat64(base.get(site))[i]!);
        const along = async (step: number): Promise<number> => {
          const { shape } = base.get(site);
          const edit = {
            site,
            kind: "add",
            mask: fromFloat64(
              "bool",
              shape.map(() => 1),
              [1],
            ),
            operand: fromFloat64(
              "float64",
              shape,
              change.map((value) => value * step),
            ),
          } as const;
          const state = (await model.trace(patching.corrupted, [finalOf(model)], [edit])).get(finalOf(model));
          return (
            await reader(fromFloat64("float64", [1, model.decoder.width], toFloat64(state).slice(-model.decoder.width)))
          )[0]!;
        };
        const slope = ((await along(1e-4)) - (await along(-1e-4))) / 2e-4;
        const sum = estimates[1]!.reduce((total, value) => total + value, 0);
        assert.ok(
          Math.abs(sum - slope) <= 1e-4 * Math.max(1, Math.abs(slope)),
          `${component}, ${metric.kind}: ${sum} against ${slope}`,
        );
      }
    }
    const metric = metrics[0]!;
    const estimates = await patchEstimates(model, base, {
      component: "resid_pre",
      metric,
      position,
      source,
      reference: source,
    });
    const exact: Float64Array[] = [];
    for await (const { layer, cells } of patchGrid(model, base, {
      component: "resid_pre",
      metric,
      position,
      reference: source,
      replacement: { kind: "run", trace: source },
      cancelled: never,
    }))
      exact[layer] = cells.map((value) => value - patching.corruptedMetric);
    t.diagnostic(
      `scatter, estimate against exact: ${estimates
        .flatMap((row, layer) =>
          [...row].map((value, token) => `(${value.toFixed(3)}, ${exact[layer]![token]!.toFixed(3)})`),
        )
        .filter((pair) => pair !== "(0.000, 0.000)" && pair !== "(0.000, -0.000)")
        .join(" ")}; r = ${agreement(estimates, exact).toFixed(3)}`,
    );
  });

  test(`${name}: direct effects add up, in the reference to 1e-9`, async () => {
    const { tokens } = tinyOracle(name);
    const model = reference(name);
    const { certificate, data } = await directEffects(
      model,
      await model.trace(tokens, attributionSites(model)),
      tokens.length - 2,
      [3, 5],
    );
    for (const { numbers } of certificate) assert.ok(numbers["error"]! < 1e-9);
    assert.equal(data.values.length, 2 * data.components.length);
  });
}

test("steering changes the generated text, and a strength of 0 does not", async () => {
  const name = "llama-tied-float32";
  const { tokens, greedy } = tinyOracle(name);
  const model = reference(name);
  const direction = Float64Array.from({ length: model.decoder.width }, (_, i) => Math.sin(i));
  const continuation = async (strength: number): Promise<number[]> => {
    const made: number[] = [];
    const edits = [steer("blocks.1.hook_resid_pre", direction, strength)];
    for await (const { id } of sampleTokens(model, tokens, {
      maxTokens: 4,
      temperature: 0,
      topP: 1,
      seed: 0,
      stop: [],
      edits,
      cancelled: never,
    }))
      made.push(id);
    return made;
  };
  assert.deepEqual(await continuation(0), greedy.slice(0, 4));
  assert.notDeepEqual(await continuation(30), greedy.slice(0, 4));
});

test("an edited run generates the same text as running the edited prompt from scratch", async () => {
  const name = "gpt2-tied-float32";
  const { tokens } = tinyOracle(name);
  const model = reference(name);
  const edits = [
    steer(
      "blocks.0.hook_resid_post",
      Float64Array.from({ length: model.decoder.width }, (_, i) => Math.cos(i)),
      3,
    ),
  ];
  const sequence = [...tokens];
  for await (const { id } of sampleTokens(model, tokens, {
    maxTokens: 3,
    temperature: 0,
    topP: 1,
    seed: 0,
    stop: [],
    edits,
    cancelled: never,
  })) {
    const { data } = await tokenDistributions(model, sequence, 1, edits);
    assert.equal(id, data.ids.at(-1));
    sequence.push(id);
  }
});

test("sampling follows temperature and nucleus, and equal seeds give equal tokens", () => {
  const logits = Float64Array.from([2, 1, 0, -5]);
  const draw = (temperature: number, topP: number): number[] => {
    const random = new Random(7);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[chooseToken(logits, { temperature, topP }, random).id]! += 1;
    return counts.map((count) => count / 20_000);
  };
  const exponentials = [2, 1, 0, -5].map((value) => Math.exp(value / 2));
  const sum = exponentials.reduce((a, b) => a + b);
  draw(2, 1).forEach((share, i) => assert.ok(Math.abs(share - exponentials[i]! / sum) < 0.015));
  // At temperature 1 the top two tokens have a probability of 0.89, so a nucleus of 0.8 keeps exactly those two.
  assert.deepEqual(draw(1, 0.8).slice(2), [0, 0]);
  assert.deepEqual(draw(1, 0.9), draw(1, 0.9));
  assert.deepEqual(draw(0, 1), [1, 0, 0, 0]);
});

test("a prompt that the model cannot take is rejected with a readable error", async () => {
  const model = reference("gpt2-bare-bfloat16");
  await assert.rejects(() => tokenDistributions(model, [], 1), /no tokens/);
  await assert.rejects(() => tokenDistributions(model, [41], 1), /no token 41/);
  await assert.rejects(() => tokenDistributions(model, new Array<number>(17).fill(0), 1), /context is 16 tokens/);
});
