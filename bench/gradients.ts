/** Prediction and input gradient of the sample CNNs, and of the shapes of well-known networks: ONNX Runtime against TensorFlow.js and, where installed, eager PyTorch. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Graph } from "../src/graph/graph.ts";
import { measureBoth } from "../src/methods/parallelism.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import type { Program, Runtime } from "../src/runtime/runtime.ts";
import { tensorFlowRuntime } from "../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { clock, compare, digits, machine, times, type Contender } from "./harness.ts";
import { feedsFor, forwardProgram, gradientProgram, wantedModels, type BenchModel } from "./models.ts";
import { save } from "./report.ts";
import { layoutsOf, peerModel, torchPeer } from "./torch-peer.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const store = new WeightStore(folder);
const ort = await onnxRuntime(store);
const tensorflow = await tensorFlowRuntime();
const torch = await torchPeer();
const loadBefore = os.loadavg()[0]!;

const rows: string[][] = [];
for (const model of wantedModels()) {
  for (const batch of [1, 8]) {
    for (const what of ["forward", "gradient"] as const) rows.push(await measure(model, batch, what));
  }
}
if (typeof torch !== "string") torch.stop();
fs.rmSync(folder, { recursive: true, force: true });

async function measure(model: BenchModel, batch: number, what: "forward" | "gradient"): Promise<string[]> {
  const programOf = what === "forward" ? forwardProgram : gradientProgram;
  const whole = programOf(model, batch);
  const session = await contender(ort, model, whole, batch);
  const pooled = batch > 1 ? await contender(ort, model, programOf(model, 1), 1, batch) : undefined;
  // What Glassbox does with many samples: what a trial of the first of them found faster.
  const [glassbox, other] =
    pooled === undefined
      ? [session]
      : (await measureBoth(1, session.run, pooled.run)).found === "side-by-side"
        ? [pooled, session]
        : [session, pooled];
  // Minutes for a larger network in WebAssembly.
  const wasm = model.real || batch === 1 ? await contender(tensorflow, model, whole, batch) : undefined;
  const peers = layoutsOf(model).flatMap((layout) =>
    typeof torch === "string"
      ? []
      : [{ run: async () => (await torch.run(peerModel(model, batch, store), batch, layout, what)).ms }],
  );
  const slots = [glassbox, other, wasm, ...peers];
  const present = slots.flatMap((slot, i) => (slot ? [{ name: String(i), run: slot.run }] : []));
  const timings = new Map(
    (await compare(present, batch === 1 && model.real ? 15 : 7)).map((timing) => [Number(timing.name), timing]),
  );
  for (const slot of [session, pooled, wasm]) await slot?.program.release();
  const cells = Array.from({ length: 5 }, (_, i) => {
    const timing = timings.get(i);
    return timing
      ? `${digits(timing.median)} (${timing.quartiles.map(digits).join("–")})${i ? ` · ${times(timing.slower)}` : ""}`
      : "";
  });
  if (other) cells[0] += glassbox === pooled ? ", side by side" : ", one session";
  const row = [model.name, String(batch), what, ...cells];
  console.log(row.join("  "));
  return row;
}

save(
  "gradients",
  {
    title: "Prediction and gradient",
    text: "Milliseconds, all cores, and how many times Glassbox' time the others take. Glassbox runs one sample on all threads, and many side by side, one single-threaded session a core, or in one session, whichever a trial of the first samples found faster; the next column is the other way. The gradient is that of one logit by the input, prediction included. TensorFlow.js runs the same graphs (its own `tf.grad` has no WebAssembly kernels for these networks); PyTorch runs its autograd.",
    machine: machine(),
    versions: [
      `onnxruntime ${ort.version}`,
      `tfjs ${tensorflow.version}`,
      ...(typeof torch === "string" ? [] : [torch.version]),
    ].join(", "),
    load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
    date: new Date().toISOString().slice(0, 10),
    header: ["model", "batch", "", "Glassbox", "the other way", "TensorFlow.js", "torch eager", "torch channels-last"],
    rows,
    notes: [
      "What limits the ratios, and what was tried: README.md, beside this page.",
      ...(tensorflow.version.includes("wasm")
        ? ["TensorFlow.js' WebAssembly backend runs on one thread under Node: it refuses threads there."]
        : []),
      ...(typeof torch === "string" ? [torch] : []),
    ],
  },
  3,
);

interface Running extends Pick<Contender, "run"> {
  readonly program: Program;
}

/** With `runs`, so many of them in parallel on pooled workers. */
async function contender(runtime: Runtime, model: BenchModel, graph: Graph, batch: number, runs = 1): Promise<Running> {
  const program = await runtime.compile(graph, runs > 1 ? { workers: Math.min(runs, runtime.workers ?? 1) } : {});
  const feeds = feedsFor(model, graph, batch);
  return { program, run: () => clock(() => Promise.all(Array.from({ length: runs }, () => program.run(feeds)))) };
}
