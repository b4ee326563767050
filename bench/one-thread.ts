/**
 * Processor time of one thread for a gradient. Unlike the clock it does not count what neighbours take, so it
 * holds on a busy machine; and as many samples run one a thread, it is what throughput rests on.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import type { Program, Runtime } from "../src/runtime/runtime.ts";
import { tensorFlowRuntime } from "../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { compare, digits, machine, times } from "./harness.ts";
import { feedsFor, gradientProgram, wantedModels, type BenchModel } from "./models.ts";
import { save } from "./report.ts";
import { layoutsOf, peerModel, torchPeer } from "./torch-peer.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const store = new WeightStore(folder);
const ort = await onnxRuntime(store);
const tensorflow = await tensorFlowRuntime();
const torch = await torchPeer(1);
const loadBefore = os.loadavg()[0]!;

const rows: string[][] = [];
for (const model of wantedModels()) {
  for (const batch of [1, 8]) rows.push(await measure(model, batch));
}
if (typeof torch !== "string") torch.stop();
fs.rmSync(folder, { recursive: true, force: true });

save(
  "one-thread",
  {
    title: "Processor time of a gradient",
    text: "Milliseconds a sample that one thread computes, by the operating system's account, and how many times Glassbox' the others take. Glassbox gives each core one sample at a time, so its figure is that of a single sample for both batches.",
    machine: machine(),
    versions: [
      `onnxruntime ${ort.version}`,
      `tfjs ${tensorflow.version}`,
      ...(typeof torch === "string" ? [] : [torch.version]),
    ].join(", "),
    load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
    date: new Date().toISOString().slice(0, 10),
    header: ["model", "batch", "Glassbox", "TensorFlow.js", "torch eager", "torch channels-last"],
    rows,
    notes: typeof torch === "string" ? [torch] : [],
  },
  2,
);

async function measure(model: BenchModel, batch: number): Promise<string[]> {
  const ours = await onOneThread(ort, model);
  const wasm = batch === 1 ? await onOneThread(tensorflow, model) : undefined;
  const peers = layoutsOf(model).flatMap((layout) =>
    typeof torch === "string"
      ? []
      : [
          {
            name: layout,
            run: async () => (await torch.run(peerModel(model, batch, store), batch, layout, "gradient")).cpuMs / batch,
          },
        ],
  );
  const timings = await compare([ours, ...(wasm ? [wasm] : []), ...peers], batch === 1 ? 11 : 5);
  for (const { program } of [ours, ...(wasm ? [wasm] : [])]) await program.release();
  const cell = (name: string): string => {
    const timing = timings.find((candidate) => candidate.name === name);
    return timing
      ? `${digits(timing.median)} (${timing.quartiles.map(digits).join("–")})${name === "onnxruntime" ? "" : ` · ${times(timing.slower)}`}`
      : "";
  };
  const row = [model.name, String(batch), ...["onnxruntime", "tensorflow", "eager", "channels-last"].map(cell)];
  console.log(row.join("  "));
  return row;
}

async function onOneThread(
  runtime: Runtime,
  model: BenchModel,
): Promise<{ name: string; program: Program; run: () => Promise<number> }> {
  const graph = gradientProgram(model, 1);
  const program = await runtime.compile(graph, { threads: 1 });
  const feeds = feedsFor(model, graph, 1);
  const run = async (): Promise<number> => {
    const before = process.cpuUsage();
    await program.run(feeds);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  return { name: runtime.name, program, run };
}
