/** Prediction and input gradient of the sample CNNs: ONNX Runtime against TensorFlow.js and, where installed, eager PyTorch. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Graph } from "../src/graph/graph.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import type { Program, Runtime } from "../src/runtime/runtime.ts";
import { tensorFlowRuntime } from "../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { clock, compare, digits, machine, times, type Contender } from "./harness.ts";
import { benchModels, feedsFor, forwardProgram, gradientProgram, type BenchModel } from "./models.ts";
import { save } from "./report.ts";
import { torchPeer, type TorchLayout } from "./torch-peer.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const ort = await onnxRuntime(new WeightStore(folder));
const tensorflow = await tensorFlowRuntime();
const torch = await torchPeer();
const loadBefore = os.loadavg()[0]!;

const rows: string[][] = [];
for (const model of benchModels()) {
  for (const batch of [1, 8]) {
    for (const what of ["forward", "gradient"] as const) {
      const graph = (what === "forward" ? forwardProgram : gradientProgram)(model, batch);
      const programs = [await contender("ONNX Runtime", ort, model, graph, batch), await contender("TensorFlow.js", tensorflow, model, graph, batch)];
      const peers = (["eager", "channels-last"] as const).flatMap((layout: TorchLayout): Contender[] =>
        typeof torch === "string" ? [] : [{ name: `torch ${layout}`, run: () => torch.run(model.name, batch, layout, what) }],
      );
      const timings = await compare([...programs, ...peers], batch === 1 ? 15 : 7);
      for (const { program } of programs) await program.release();
      rows.push([model.name, String(batch), what, ...timings.map(({ median, quartiles, slower }, i) => `${digits(median)} (${quartiles.map(digits).join("–")})${i ? ` · ${times(slower)}` : ""}`), ...(peers.length ? [] : ["", ""])]);
      console.log(rows.at(-1)!.join("  "));
    }
  }
}
if (typeof torch !== "string") torch.stop();
fs.rmSync(folder, { recursive: true, force: true });

save("gradients", {
  title: "Prediction and gradient",
  text: "Milliseconds for one program run, all cores, and how many times ONNX Runtime's time the others take. The gradient is that of one logit by the input, prediction included. TensorFlow.js runs the same graphs (its own `tf.grad` has no WebAssembly kernels for these networks); PyTorch runs its autograd.",
  machine: machine(),
  versions: [`onnxruntime ${ort.version}`, `tfjs ${tensorflow.version}`, ...(typeof torch === "string" ? [] : [torch.version])].join(", "),
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["model", "batch", "", "ONNX Runtime", "TensorFlow.js", "torch eager", "torch channels-last"],
  rows,
  notes: typeof torch === "string" ? [torch] : [],
});

async function contender(name: string, runtime: Runtime, model: BenchModel, graph: Graph, batch: number): Promise<Contender & { readonly program: Program }> {
  const program = await runtime.compile(graph);
  const feeds = feedsFor(model, graph, batch);
  return { name, program, run: () => clock(() => program.run(feeds)) };
}
