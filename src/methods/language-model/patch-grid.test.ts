import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { tinyNames, tinyOracle, tinyPath, type TinyPatching } from "../../../test/oracles/tiny-oracle.ts";
import { openDecoder } from "../../architectures/open.ts";
import { onnxRuntime } from "../../runtime/onnxruntime/onnxruntime.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { WeightStore } from "../../runtime/weight-store.ts";
import { fromFloat64, toFloat64 } from "../../tensor/tensor.ts";
import type { Component, Metric } from "../../protocol/language-model.ts";
import { LanguageModel } from "./language-model.ts";
import { baseSites, coarseFirst, componentSite, meansOf, patchGrid, type Replacement } from "./patch-grid.ts";
import type { SiteEdit } from "./edits.ts";
import { baseOf, resumeFromResidual, type Row } from "./resume-from-residual.ts";

const store = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-patching-"));
test.after(() => fs.rmSync(store, { recursive: true }));

const oracleOf = (name: string): TinyPatching => tinyOracle(name).patching;

function open(name: string, runtime: Runtime): LanguageModel {
  const { decoder } = openDecoder(tinyPath(name), name);
  return new LanguageModel(decoder, runtime);
}

async function grid(
  model: LanguageModel,
  oracle: TinyPatching,
  component: Component,
  metric: Metric,
  replacement?: Replacement,
): Promise<number[][]> {
  const base = await model.trace(oracle.corrupted, baseSites(model));
  const clean = await model.trace(oracle.clean, baseSites(model));
  const cells: number[][] = [];
  const options = {
    component,
    metric,
    position: oracle.clean.length - 1,
    reference: clean,
    replacement: replacement ?? { kind: "run", trace: clean },
    cancelled: () => false,
  } as const;
  for await (const { layer, cells: row } of patchGrid(model, base, options)) cells[layer] = [...row];
  return cells;
}

const worst = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, k) => Math.abs(value - b[i]![k]!))));

for (const name of tinyNames) {
  test(`${name}: the residual grid equals PyTorch's, to 1e-9 in float64 and 1e-4 in float32`, async () => {
    const oracle = oracleOf(name);
    const metric: Metric = { kind: "logit-difference", answer: oracle.answer, wrong: oracle.wrong };
    assert.ok(worst(await grid(open(name, referenceRuntime), oracle, "resid_pre", metric), oracle.grid) < 1e-9);
    const model = open(name, await onnxRuntime(new WeightStore(store)));
    assert.ok(worst(await grid(model, oracle, "resid_pre", metric), oracle.grid) < 1e-4);
    await model.release();
  });
}

test("a changed stream is created when it enters, not before; an unchanged one ends like the base run", async () => {
  const [name] = tinyNames;
  const model = open(name!, referenceRuntime);
  const { clean } = oracleOf(name!);
  const base = baseOf(model, await model.trace(clean, baseSites(model)));
  const seen: string[] = [];
  const rows = [0, 1].map((layer): Row => ({
    entry: { layer, half: "attention" },
    start: 1,
    enter: () => {
      seen.push(`the row of block ${layer}`);
      return (base.trace.get(`blocks.${layer}.hook_resid_pre`).data as Float64Array).slice(model.decoder.width);
    },
  }));
  const ends = await resumeFromResidual(model, base, rows, clean.length - 1, () => seen.push("a block") === 0);
  assert.deepEqual(seen.slice(0, 4), ["a block", "the row of block 0", "a block", "the row of block 1"]);
  const end = toFloat64(base.trace.get(`blocks.${model.decoder.layers - 1}.hook_resid_post`)).slice(
    -model.decoder.width,
  );
  assert.ok(worst([[...toFloat64(ends!)]], [[...end, ...end]]) < 1e-9);
});

/** Computes each cell by a separate forward pass, with the value written by an edit of the whole graph. */
async function naive(
  model: LanguageModel,
  oracle: TinyPatching,
  component: Component,
  metric: Metric & { kind: "logit-difference" },
  replacement: Replacement,
): Promise<number[][]> {
  const { layers, heads, headWidth } = model.decoder;
  const length = oracle.clean.length;
  const final = `blocks.${layers - 1}.hook_resid_post`;
  const cells: number[][] = [];
  for (let layer = 0; layer < layers; layer++) {
    const site = componentSite(component, layer);
    const own = replacement.kind === "run" ? toFloat64(replacement.trace.get(site)) : undefined;
    const count = component === "head" ? heads : length;
    cells.push([]);
    for (let cell = 0; cell < count; cell++) {
      const shape = component === "head" ? [length, heads, headWidth] : [length, model.decoder.width];
      const size = shape.slice(1).reduce((n, extent) => n * extent, 1);
      const mean = replacement.kind === "mean" ? replacement.means.get(site)! : new Float64Array(size);
      const operand = fromFloat64(
        "float64",
        shape,
        Float64Array.from({ length: length * size }, (_, i) => own?.[i] ?? mean[i % size]!),
      );
      const maskShape = component === "head" ? [1, heads, 1] : [length, 1];
      const mask = fromFloat64(
        "bool",
        maskShape,
        Array.from({ length: count }, (_, i) => (i === cell ? 1 : 0)),
      );
      const edit: SiteEdit = { site, kind: "set", mask, operand };
      const state = (await model.trace(oracle.corrupted, [final], [edit])).get(final);
      const [answer, wrong] = toFloat64(await model.readTokenLogits(state, [metric.answer, metric.wrong])).slice(-2);
      cells[layer]!.push(answer! - wrong!);
    }
  }
  return cells;
}

for (const name of ["llama-tied-float32", "gpt2-tied-float32"]) {
  test(`${name}: the grid of every component equals one whole patched forward pass per cell`, async () => {
    const oracle = oracleOf(name);
    const model = open(name, referenceRuntime);
    const metric = { kind: "logit-difference", answer: oracle.answer, wrong: oracle.wrong } as const;
    const clean = await model.trace(oracle.clean, baseSites(model));
    const sites = [0, 1].flatMap((layer) => [componentSite("attn_out", layer), componentSite("head", layer)]);
    const means = await meansOf(model, [oracle.clean, oracle.corrupted], sites);
    const cases: readonly (readonly [Component, Replacement])[] = [
      ["resid_mid", { kind: "run", trace: clean }],
      ["attn_out", { kind: "run", trace: clean }],
      ["mlp_out", { kind: "run", trace: clean }],
      ["head", { kind: "run", trace: clean }],
      ["head", { kind: "zero" }],
      ["attn_out", { kind: "mean", means }],
      ["head", { kind: "mean", means }],
    ];
    for (const [component, replacement] of cases) {
      const difference = worst(
        await grid(model, oracle, component, metric, replacement),
        await naive(model, oracle, component, metric, replacement),
      );
      assert.ok(difference < 1e-9, `${component} by ${replacement.kind}: ${difference}`);
    }
  });
}

test("coarseFirst visits every layer once, distant ones before near ones", () => {
  assert.deepEqual(coarseFirst(6), [0, 4, 2, 1, 3, 5]);
  assert.deepEqual(coarseFirst(1), [0]);
});
