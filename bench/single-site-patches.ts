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
import { sizeOf } from "../src/tensor/shape.ts";
import { float32, fromFloat64, toFloat64, type Tensor } from "../src/tensor/tensor.ts";
import { clock, compare, digits, machine } from "./harness.ts";
import { feedsFor, forwardProgram, wantedModels, type BenchModel } from "./models.ts";
import { save } from "./report.ts";

const patches = 100;
const rounds = 3;
const workers = os.availableParallelism();

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const ort = await onnxRuntime(new WeightStore(folder));
const loadBefore = os.loadavg()[0]!;
const rows: string[][] = [];
for (const model of wantedModels().filter(({ convolutional }) => convolutional)) rows.push(await measure(model));
fs.rmSync(folder, { recursive: true, force: true });

save(
  "single-site-patches",
  {
    title: "A hundred patches of one site",
    text: "Activations in the second half of the network, in the order of its nodes, one channel of one of them set to zero at a time. Before: one run keeps the activations, skip connections that pass by included; each patch then computes what comes after its site: one at a time on all cores, or those of a site in batches side by side, a single-threaded session a core, the patch written into what is fed. Against as many whole runs without a patch, one after the other on all cores; programs compiled. The first time is with the compilation of all programs of the batched way. The floor is the share of the network's multiply-adds that lies after the sites, on average.",
    machine: machine(),
    versions: `onnxruntime ${ort.version}`,
    load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
    date: new Date().toISOString().slice(0, 10),
    header: [
      "model",
      "sites",
      "floor",
      `${patches} whole runs`,
      "whole, side by side",
      "one at a time",
      "batched",
      "batched, first time",
      "largest difference from whole patched runs",
    ],
    rows,
    notes: [
      "What limits it: in a convolutional network every patch of a channel needs all that comes after it, the floor's share of the multiply-adds, and a convolution computes no faster in a batch; only single-threaded sessions side by side do. In a language model tokens before the change are left out as well: the section on activation patching.",
    ],
  },
  1,
);

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
    channels: Array.from(
      { length: Math.floor(((i + 1) * patches) / sites.length) - Math.floor((i * patches) / sites.length) },
      () => random.integer(typeOf(one, site).shape[1]!),
    ),
  }));
  const feeds = feedsFor(model, one, 1);
  let batched!: Continuations;
  const compiling = await clock(async () => (batched = await batches(model, plan)));
  const first = compiling + (await clock(() => batched.run(feeds)));
  const single = await singles(model, plan);
  const [whole, beside] = [await ort.compile(one), await ort.compile(one, { workers })];
  const difference = await largestDifference(model, plan, await batched.run(feeds), feeds);
  const wholeRuns = async (): Promise<void> => {
    for (let i = 0; i < patches; i++) await whole.run(feeds);
  };
  const [runs, sideBySide, oneByOne, together] = await compare(
    [
      { name: "whole", run: () => clock(wholeRuns) },
      {
        name: "whole, side by side",
        run: () => clock(() => Promise.all(Array.from({ length: patches }, () => beside.run(feeds)))),
      },
      { name: "one by one", run: () => clock(() => single.run(feeds)) },
      { name: "batched", run: () => clock(() => batched.run(feeds)) },
    ],
    rounds,
  );
  await Promise.all([whole, beside, single, batched].map((each) => each.release()));
  const share = (ratio: number): string => `${ratio.toFixed(2)}×`;
  const row = [
    model.name,
    String(sites.length),
    share(floorOf(one, plan)),
    `${digits(runs!.median)} ms`,
    `${digits(sideBySide!.median)} ms · ${share(sideBySide!.slower)}`,
    `${digits(oneByOne!.median)} ms · ${share(oneByOne!.slower)}`,
    `${digits(together!.median)} ms · ${share(together!.slower)}`,
    `${digits(first)} ms · ${share(first / runs!.median)}`,
    difference.toExponential(0),
  ];
  console.log(row.join("  "));
  return row;
}

/** Images that an activation or a sum has made. */
function sitesOf(graph: Graph): ValueName[] {
  const made = graph.nodes.filter(
    ({ op, outputs }) => ["Relu", "Clip", "Add"].includes(op) && typeOf(graph, outputs[0]!).shape.length === 4,
  );
  return made.slice(Math.ceil(made.length / 2)).map(({ outputs }) => outputs[0]!);
}

interface Continuations {
  /** Logits, patch by patch. */
  run(feeds: ReadonlyMap<ValueName, Tensor>): Promise<Float64Array[]>;
  release(): Promise<void>;
}

/** What one run keeps for the patches to go on from. */
async function prefixOf(model: BenchModel, needed: readonly ValueName[]): Promise<Program> {
  return ort.compile(tap(forwardProgram(model, 1), needed));
}

function givenAt(graph: Graph, site: ValueName): readonly ValueName[] {
  return [site, ...passing(graph, [site], graph.outputs)];
}

/** One after another: a program a site, whose mask says which channel is set. */
async function singles(model: BenchModel, plan: readonly SitePatches[]): Promise<Continuations> {
  const graph = forwardProgram(model, 1);
  const parts: {
    readonly program: Program;
    readonly given: readonly ValueName[];
    readonly channels: readonly number[];
    readonly width: number;
  }[] = [];
  for (const { site, channels } of plan) {
    const given = givenAt(graph, site);
    const width = typeOf(graph, site).shape[1]!;
    parts.push({
      given,
      channels,
      width,
      program: await ort.compile(
        patch(cut(graph, given, graph.outputs, coreOperators), [zeroed(site, 1, width)], coreOperators),
      ),
    });
  }
  const prefix = await prefixOf(
    model,
    parts.flatMap(({ given }) => given),
  );
  return {
    run: async (feeds) => {
      const known = await prefix.run(onlyInputs(prefix, feeds));
      const logits: Float64Array[] = [];
      for (const { program, given, channels, width } of parts) {
        for (const channel of channels)
          logits.push(
            toFloat64(
              (
                await program.run(
                  new Map([...given.map((name) => [name, known.get(name)!] as const), ...editFeeds(channel, width)]),
                )
              ).get(model.logits)!,
            ),
          );
      }
      return logits;
    },
    release: async () => {
      for (const program of [prefix, ...parts.map((part) => part.program)]) await program.release();
    },
  };
}

/** Side by side: the patches of a site, a share of them for each core. */
async function batches(model: BenchModel, plan: readonly SitePatches[]): Promise<Continuations> {
  const parts: {
    readonly program: Program;
    readonly size: number;
    readonly given: readonly ValueName[];
    readonly channels: readonly number[];
  }[] = [];
  for (const { site, channels } of plan) {
    const size = Math.ceil(channels.length / workers);
    const graph = forwardProgram(model, size);
    const given = givenAt(graph, site);
    parts.push({
      size,
      given,
      channels,
      program: await ort.compile(cut(graph, given, graph.outputs, coreOperators), { workers }),
    });
  }
  const prefix = await prefixOf(
    model,
    parts.flatMap(({ given }) => given),
  );
  return {
    run: async (feeds) => {
      const known = await prefix.run(onlyInputs(prefix, feeds));
      const running: Promise<Float64Array[]>[] = [];
      for (const { program, size, given, channels } of parts) {
        for (let from = 0; from < channels.length; from += size) {
          const some = channels.slice(from, from + size);
          const fed = new Map(
            given.map(
              (name, i) =>
                [
                  name,
                  i === 0 ? withoutChannels(known.get(name)!, some, size) : padRows(known.get(name)!, size),
                ] as const,
            ),
          );
          running.push(
            program
              .run(fed)
              .then((answer) => some.map((_, row) => toFloat64(takeRows(answer.get(model.logits)!, row, 1)))),
          );
        }
      }
      return (await Promise.all(running)).flat();
    },
    release: async () => {
      for (const program of [prefix, ...parts.map((part) => part.program)]) await program.release();
    },
  };
}

function onlyInputs({ inputs }: Program, feeds: ReadonlyMap<ValueName, Tensor>): ReadonlyMap<ValueName, Tensor> {
  return new Map([...feeds].filter(([name]) => inputs.has(name)));
}

/** The activation once for each channel, that channel set to zero; repeated to fill the batch. */
function withoutChannels(activation: Tensor, channels: readonly number[], size: number): Tensor {
  const { shape, data } = padRows(activation, size);
  const changed = Float32Array.from(data as Float32Array);
  const plane = sizeOf(shape.slice(2));
  channels.forEach((channel, row) =>
    changed.fill(0, (row * shape[1]! + channel) * plane, (row * shape[1]! + channel + 1) * plane),
  );
  return float32(shape, changed);
}

/** Multiply-adds after the sites, of each patch on average, as a share of the whole network's. */
function floorOf(graph: Graph, plan: readonly SitePatches[]): number {
  const after = plan.map(
    ({ site, channels }) =>
      channels.length * multiplyAdds(cut(graph, givenAt(graph, site), graph.outputs, coreOperators)),
  );
  return after.reduce((sum, each) => sum + each, 0) / patches / multiplyAdds(graph);
}

function multiplyAdds({ nodes, types }: Graph): number {
  const of = ({ op, inputs, outputs }: Graph["nodes"][number]): number => {
    const weight = types.get(inputs[1] ?? "")?.shape ?? [];
    if (op === "Conv") return sizeOf(types.get(outputs[0]!)!.shape) * sizeOf(weight.slice(1));
    return op === "Gemm" ? sizeOf(weight) : 0;
  };
  return nodes.reduce((sum, node) => sum + of(node), 0);
}

function zeroed(value: ValueName, batch: number, channels: number): Edit {
  return { value, kind: "set", mask: [batch, channels, 1, 1], operand: [1, 1, 1, 1] };
}

function editFeeds(channel: number, width: number): readonly (readonly [string, Tensor])[] {
  const { mask, operand } = editInputs(0);
  return [
    [
      mask,
      fromFloat64(
        "bool",
        [1, width, 1, 1],
        Float64Array.from({ length: width }, (_, i) => Number(i === channel)),
      ),
    ],
    [operand, float32([1, 1, 1, 1], [0])],
  ];
}

/** The last patch of each third site by a whole patched run: relative to the largest logit. */
async function largestDifference(
  model: BenchModel,
  plan: readonly SitePatches[],
  logits: readonly Float64Array[],
  feeds: ReadonlyMap<ValueName, Tensor>,
): Promise<number> {
  let at = -1;
  let worst = 0;
  for (const [i, { site, channels }] of plan.entries()) {
    at += channels.length;
    if (i % 3 !== 0) continue;
    const graph = forwardProgram(model, 1);
    const width = typeOf(graph, site).shape[1]!;
    const program = await ort.compile(patch(graph, [zeroed(site, 1, width)], coreOperators), { effort: "light" });
    const expected = toFloat64(
      (await program.run(new Map([...feeds, ...editFeeds(channels.at(-1)!, width)]))).get(model.logits)!,
    );
    await program.release();
    const scale = Math.max(...expected.map(Math.abs));
    worst = Math.max(worst, ...expected.map((value, k) => Math.abs(value - logits[at]![k]!) / scale));
  }
  if (worst > 1e-3) throw new Error(`${model.name}: a continued patch differs by ${worst} from a whole run`);
  return worst;
}
