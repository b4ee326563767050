/** A hundred patches of one site each in the second half of a network, what lies before the site computed once, against as many whole runs. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { typeOf, type Graph, type ValueName } from "../src/graph/graph.ts";
import { coreOperators } from "../src/graph/ops/table.ts";
import { cut, passing } from "../src/graph/transform/cut.ts";
import { editInputs, patch, type Edit } from "../src/graph/transform/patch.ts";
import { tap } from "../src/graph/transform/tap.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import type { Program } from "../src/runtime/runtime.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { Random } from "../src/tensor/random.ts";
import { padRows, takeRows } from "../src/tensor/rows.ts";
import { float32, fromFloat64, toFloat64, type Tensor } from "../src/tensor/tensor.ts";
import { clock, compare, digits, machine } from "./harness.ts";
import { feedsFor, forwardProgram, wantedModels, type BenchModel } from "./models.ts";
import { save } from "./report.ts";

const patches = 100;
const rounds = 5;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const ort = await onnxRuntime(new WeightStore(folder));
const loadBefore = os.loadavg()[0]!;
const rows: string[][] = [];
for (const model of wantedModels().filter(({ convolutional }) => convolutional)) rows.push(await measure(model));
fs.rmSync(folder, { recursive: true, force: true });

save("single-site-patches", {
  title: "A hundred patches of one site",
  text: "Activations in the second half of the network, in the order of its nodes, one channel of one of them set to zero at a time. Before: one run keeps the activations, skip connections that pass by included; each patch then computes what comes after its site, one at a time or all of a site at once. Against as many whole runs without a patch, one after the other; everything in one session on all cores, programs compiled. The first time is with the compilation of all programs of the batched way.",
  machine: machine(),
  versions: `onnxruntime ${ort.version}`,
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["model", "sites", `${patches} whole runs`, "one at a time", "batched", "batched, first time", "largest difference from whole patched runs"],
  rows,
  notes: [],
}, 1);

interface SitePatches {
  readonly site: ValueName;
  /** Of each patch. */
  readonly channels: readonly number[];
}

async function measure(model: BenchModel): Promise<string[]> {
  const one = forwardProgram(model, 1);
  const sites = sitesOf(one);
  const random = new Random(7);
  const plan = sites.map((site, i): SitePatches => ({
    site,
    channels: Array.from({ length: Math.floor(((i + 1) * patches) / sites.length) - Math.floor((i * patches) / sites.length) }, () => random.integer(typeOf(one, site).shape[1]!)),
  }));
  const whole = await ort.compile(one);
  const feeds = feedsFor(model, one, 1);
  const single = await continuations(model, plan, 1);
  let batched!: Continuations;
  const compiling = await clock(async () => (batched = await continuations(model, plan, undefined)));
  const first = compiling + (await clock(() => batched.run(feeds)));
  const difference = await largestDifference(model, plan, await batched.run(feeds), feeds);
  const wholeRuns = async (): Promise<void> => {
    for (let i = 0; i < patches; i++) await whole.run(feeds);
  };
  const [runs, oneByOne, together] = await compare([
    { name: "whole", run: () => clock(wholeRuns) },
    { name: "one by one", run: () => clock(() => single.run(feeds)) },
    { name: "batched", run: () => clock(() => batched.run(feeds)) },
  ], rounds);
  await Promise.all([whole.release(), single.release(), batched.release()]);
  const share = (ratio: number): string => `${ratio.toFixed(2)}×`;
  const row = [
    model.name, String(sites.length), `${digits(runs!.median)} ms`, `${digits(oneByOne!.median)} ms · ${share(oneByOne!.slower)}`, `${digits(together!.median)} ms · ${share(together!.slower)}`,
    `${digits(first)} ms · ${share(first / runs!.median)}`, difference.toExponential(0),
  ];
  console.log(row.join("  "));
  return row;
}

/** Images that an activation or a sum has made. */
function sitesOf(graph: Graph): ValueName[] {
  const made = graph.nodes.filter(({ op, outputs }) => ["Relu", "Clip", "Add"].includes(op) && typeOf(graph, outputs[0]!).shape.length === 4);
  return made.slice(Math.ceil(made.length / 2)).map(({ outputs }) => outputs[0]!);
}

interface Continuations {
  /** Logits, patch by patch. */
  run(feeds: ReadonlyMap<ValueName, Tensor>): Promise<Float64Array[]>;
  release(): Promise<void>;
}

/** `batch` patches a run; as many as a site has if left out. */
async function continuations(model: BenchModel, plan: readonly SitePatches[], batch: number | undefined): Promise<Continuations> {
  const parts: { readonly program: Program; readonly size: number; readonly given: readonly ValueName[]; readonly channels: readonly number[]; readonly width: number }[] = [];
  for (const { site, channels } of plan) {
    const size = batch ?? channels.length;
    const graph = forwardProgram(model, size);
    const given = [site, ...passing(graph, [site], graph.outputs)];
    const width = typeOf(graph, site).shape[1]!;
    const after = patch(cut(graph, given, graph.outputs, coreOperators), [zeroed(site, size, width)], coreOperators);
    parts.push({ program: await ort.compile(after), size, given, channels, width });
  }
  const prefix = await ort.compile(tap(forwardProgram(model, 1), parts.flatMap(({ given }) => given)));
  return {
    run: async (feeds) => {
      const known = await prefix.run(new Map([...feeds].filter(([name]) => prefix.inputs.has(name))));
      const logits: Float64Array[] = [];
      for (const { program, size, given, channels, width } of parts) {
        const repeated = given.map((name) => [name, padRows(known.get(name)!, size)] as const);
        for (let from = 0; from < channels.length; from += size) {
          const answer = (await program.run(new Map([...repeated, ...editFeeds(channels.slice(from, from + size), width)]))).get(model.logits)!;
          for (let row = 0; row < size; row++) logits.push(toFloat64(takeRows(answer, row, 1)));
        }
      }
      return logits;
    },
    release: async () => {
      for (const program of [prefix, ...parts.map((part) => part.program)]) await program.release();
    },
  };
}

const zeroed = (value: ValueName, batch: number, channels: number): Edit => ({ value, kind: "set", mask: [batch, channels, 1, 1], operand: [1, 1, 1, 1] });

function editFeeds(channels: readonly number[], width: number): readonly (readonly [string, Tensor])[] {
  const mask = new Float64Array(channels.length * width);
  channels.forEach((channel, row) => (mask[row * width + channel] = 1));
  const { mask: maskInput, operand } = editInputs(0);
  return [[maskInput, fromFloat64("bool", [channels.length, width, 1, 1], mask)], [operand, float32([1, 1, 1, 1], [0])]];
}

/** The last patch of each third site by a whole patched run: relative to the largest logit. */
async function largestDifference(model: BenchModel, plan: readonly SitePatches[], logits: readonly Float64Array[], feeds: ReadonlyMap<ValueName, Tensor>): Promise<number> {
  let at = -1;
  let worst = 0;
  for (const [i, { site, channels }] of plan.entries()) {
    at += channels.length;
    if (i % 3 !== 0) continue;
    const graph = forwardProgram(model, 1);
    const width = typeOf(graph, site).shape[1]!;
    const program = await ort.compile(patch(graph, [zeroed(site, 1, width)], coreOperators), { effort: "light" });
    const expected = toFloat64((await program.run(new Map([...feeds, ...editFeeds(channels.slice(-1), width)]))).get(model.logits)!);
    await program.release();
    const scale = Math.max(...expected.map(Math.abs));
    worst = Math.max(worst, ...expected.map((value, k) => Math.abs(value - logits[at]![k]!) / scale));
  }
  if (worst > 1e-3) throw new Error(`${model.name}: a continued patch differs by ${worst} from a whole run`);
  return worst;
}
