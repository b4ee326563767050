/** What a further light program costs on a model that is loaded: memory and time. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { typeOf, type Graph } from "../src/graph/graph.ts";
import { gradientGraph, seedName } from "../src/methods/gradient-graph.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import type { Program } from "../src/runtime/runtime.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { float32 } from "../src/tensor/tensor.ts";
import { clock, digits, machine, quantile } from "./harness.ts";
import { benchModels, feedsFor, forwardProgram, shapeModels, type BenchModel } from "./models.ts";
import { save } from "./report.ts";

const name = "ResNet-18 shape";
const further = 8;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const ort = await onnxRuntime(new WeightStore(folder));
const loadBefore = os.loadavg()[0]!;
const model = shapeModels(benchModels()[0]!.example).find((each) => each.name === name)!;
const graph = forwardProgram(model, 1);
const sites = graph.nodes
  .filter(({ op }) => op === "Relu")
  .map(({ outputs }) => outputs[0]!)
  .slice(-further - 1);
const weights = [...graph.constants.values()].reduce(
  (sum, { shape }) => sum + 4 * shape.reduce((n, extent) => n * extent, 1),
  0,
);

const loaded = await ort.compile(graph);
await loaded.run(feedsFor(model, graph, 1));
// The first light program writes turned weights into the store and grows the process's own tables.
const held = [(await prepare(sites.at(-1)!)).program];

interface Prepared {
  readonly program: Program;
  readonly milliseconds: number;
  /** Of all threads. */
  readonly processor: number;
}

const rows: string[][] = [];
const times: number[] = [];
const work: number[] = [];
const memory: { readonly compiled: number; readonly ran: number }[] = [];
for (const site of sites.slice(0, -1)) {
  const before = await settled();
  const { program, milliseconds, processor } = await prepare(site);
  times.push(milliseconds);
  work.push(processor);
  const compiled = await settled();
  await runOf(program, site);
  memory.push({ compiled: compiled - before, ran: (await settled()) - before });
  held.push(program);
}
await Promise.all([loaded, ...held].map((program) => program.release()));
fs.rmSync(folder, { recursive: true, force: true });

const milliseconds = (values: readonly number[]): string =>
  `${digits(quantile(values, 0.5))} ms (${digits(Math.max(...values))} at most)`;
const megabytes = (bytes: readonly number[]): string =>
  `${(quantile(bytes, 0.5) / 2 ** 20).toFixed(2)} MB (${(Math.max(...bytes) / 2 ** 20).toFixed(2)} at most)`;
rows.push([
  model.name,
  `${(weights / 2 ** 20).toFixed(0)} MB`,
  milliseconds(times),
  milliseconds(work),
  megabytes(memory.map(({ compiled }) => compiled)),
  megabytes(memory.map(({ ran }) => ran)),
]);

save("second-program", {
  title: "A further light program on a loaded model",
  text: `Gradients of ${further} different layers' channels by the input, one after another, all kept; weights lie in the store already. Time is from the graph to the compiled program, the graph's own making included. Memory is the process's own by the operating system, once garbage is collected; the weights' pages belong to files that all programs map.`,
  machine: machine(),
  versions: `onnxruntime ${ort.version}`,
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["model", "weights", "time", "processor time", "memory once compiled", "memory once it ran"],
  rows,
  notes: [],
});

async function prepare(site: string): Promise<Prepared> {
  let program!: Program;
  const before = process.cpuUsage();
  const milliseconds = await clock(
    async () => (program = await ort.compile(gradientOf(model, graph, site), { effort: "light" })),
  );
  const { user, system } = process.cpuUsage(before);
  return { program, milliseconds, processor: (user + system) / 1000 };
}

function gradientOf({ input }: BenchModel, of: Graph, site: string): Graph {
  return gradientGraph(of, { read: [site], wrt: [input] });
}

async function runOf(program: Program, site: string): Promise<void> {
  const { shape } = typeOf(graph, site);
  const seed = float32(
    [1, shape[1]!, 1, 1],
    Float32Array.from({ length: shape[1]! }, (_, i) => Number(i === 3)),
  );
  const feeds = new Map(
    [...feedsFor(model, graph, 1), [seedName(site), seed] as const].filter(([input]) => program.inputs.has(input)),
  );
  await program.run(feeds);
}

/** Bytes that are this process's own, when the collector has done its work. */
async function settled(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [, kilobytes] = /^Pss_Anon:\s+(\d+) kB/m.exec(fs.readFileSync("/proc/self/smaps_rollup", "utf8"))!;
  return Number(kilobytes) * 1024;
}
