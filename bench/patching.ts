/** Activation patching of a GPT-2-small shape (random weights): every layer and token, every layer and head, against whole forward passes and, where installed, TransformerLens. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { decoderGraph, tokensInput } from "../src/architectures/decoder.ts";
import { wholePrompts } from "../src/architectures/sequence.ts";
import { LanguageModel } from "../src/methods/language-model/language-model.ts";
import { baseSites, patchGrid } from "../src/methods/language-model/patch-grid.ts";
import type { Component } from "../src/protocol/language-model.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { Random } from "../src/tensor/random.ts";
import { fromFloat64 } from "../src/tensor/tensor.ts";
import { gpt2Decoder, vocabulary } from "./gpt2-shape.ts";
import { clock, digits, machine, quantile, times } from "./harness.ts";
import { save } from "./report.ts";

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
const python = process.env["GLASSBOX_PYTHON"];
const [layers, heads, length] = [12, 12, 15];
const rounds = 5;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const ort = await onnxRuntime(new WeightStore(folder));
const loadBefore = os.loadavg()[0]!;
const model = new LanguageModel(gpt2Decoder(), ort);
const random = new Random(1);
const clean = Array.from({ length }, () => random.integer(vocabulary));
const corrupted = clean.map((id, place) => (place === 4 ? (id + 1) % vocabulary : id));

const graph = decoderGraph(model.decoder, wholePrompts(1, length));
/** Processor time of all threads, in milliseconds: it holds on a machine that others use too. */
async function processor(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const forward = await ort.compile(graph, { effort: "full" });
const feeds = new Map([[tokensInput, fromFloat64("int64", [1, length], clean)]]);
const forwards: number[] = [];
for (let round = -2; round < 20; round++) {
  const took = await clock(() => forward.run(feeds));
  if (round >= 0) forwards.push(took);
}
await forward.release();
// Threads that wait spin, so that one alone says what the work is.
const alone = await ort.compile(graph, { effort: "full", threads: 1 });
await alone.run(feeds);
const wholeProcessor =
  (await processor(async () => {
    for (let run = 0; run < 10; run++) await alone.run(feeds);
  })) / 10;
await alone.release();
const whole = quantile(forwards, 0.5);

async function patching(component: Component): Promise<void> {
  const [base, source] = [await model.trace(corrupted, baseSites(model)), await model.trace(clean, baseSites(model))];
  const metric = { kind: "logit-difference", answer: 11, wrong: 13 } as const;
  const options = {
    component,
    metric,
    position: length - 1,
    reference: source,
    replacement: { kind: "run", trace: source },
    cancelled: () => false,
  } as const;
  for await (const { cells } of patchGrid(model, base, options))
    if (!cells.every(Number.isFinite)) throw new Error("a cell is no number");
}

const rows: string[][] = [];
const notes: string[] = [];
const peer = transformerLens();
for (const [component, title, cells] of [
  ["resid_pre", `residual stream, ${layers} × ${length}`, layers * length],
  ["head", `heads, ${layers} × ${heads}`, layers * heads],
] as const) {
  const first = await clock(() => patching(component));
  const again: number[] = [];
  for (let round = 0; round < rounds; round++) again.push(await clock(() => patching(component)));
  const ours = quantile(again, 0.5) / 1000;
  const work = await processor(() => patching(component));
  notes.push(
    `${title}: processor time ${digits(work / 1000)} s, of whole forward passes ${digits((cells * wholeProcessor) / 1000)} s, ${times((cells * wholeProcessor) / work)}.`,
  );
  const theirs = peer?.[component];
  rows.push([
    title,
    `${digits(ours)} s`,
    `${digits(first / 1000)} s`,
    `${digits((cells * whole) / 1000)} s`,
    times((cells * whole) / 1000 / ours),
    theirs === undefined ? "not installed" : `${digits(theirs)} s`,
    theirs === undefined ? "" : times(theirs / ours),
  ]);
}
await model.release();
fs.rmSync(folder, { recursive: true, force: true });

function transformerLens():
  ({ readonly version: string; readonly torch: string } & Partial<Record<Component, number>>) | undefined {
  if (python === undefined) return undefined;
  try {
    return JSON.parse(
      execFileSync(python, [path.join(root, "bench", "peers", "transformer_lens_patching.py")], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      })
        .trim()
        .split("\n")
        .at(-1)!,
    ) as never;
  } catch {
    console.log("TransformerLens is left out: GLASSBOX_PYTHON names no Python that has transformer_lens 3.");
    return undefined;
  }
}

save("patching", {
  title: "Activation patching, GPT-2-small shape",
  text: `Random weights, ${length} tokens, clean into corrupted, logit difference at the last token. Whole forward passes: the median of 20 of Glassbox's own, unembedding every token, fully optimised, times the cells. Both traces are part of ours.`,
  machine: machine(),
  versions: `onnxruntime ${ort.version}${peer ? `, TransformerLens ${peer.version} on torch ${peer.torch}` : ""}`,
  load: `${digits((100 * loadBefore) / os.availableParallelism())} % before, ${digits((100 * os.loadavg()[0]!) / os.availableParallelism())} % after`,
  date: new Date().toISOString().slice(0, 10),
  header: [
    "grid",
    "Glassbox",
    "first time, with compilation",
    "whole forward passes",
    "slower by",
    "TransformerLens",
    "slower by",
  ],
  rows,
  notes: [`One whole forward pass took ${digits(whole)} ms.`, ...notes],
});
