/** Maximized activation, 128 px, 512 steps, one channel: our loop against the same loop in eager PyTorch. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { channel } from "../src/graph/objective.ts";
import { Network } from "../src/methods/network.ts";
import { codingOf } from "../src/methods/visualization/coding.ts";
import { optimizeImages, type OptimizationStep } from "../src/methods/visualization/optimize-images.ts";
import { presets } from "../src/methods/visualization/recipe.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { clock, compare, digits, machine, times, type Contender } from "./harness.ts";
import { benchModels } from "./models.ts";
import { save } from "./report.ts";

const size = 128;
const steps = 512;
/** Steps that one contender runs before the next does. */
const turn = 32;
const codings = {
  "squeezenet1.0": codingOf({
    range: [0, 255],
    mean: [104, 117, 123],
    std: [1, 1, 1],
    channelOrder: "BGR",
    layout: "NCHW",
  }),
  "efficientnet-lite0": codingOf({
    range: [0, 1],
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    channelOrder: "RGB",
    layout: "NCHW",
  }),
};
const units = [
  { model: "squeezenet1.0", site: "fire9/concat_1", value: "fire9/concat_1", index: 20 },
  { model: "efficientnet-lite0", site: "_blocks.9", value: "add_4", index: 41 },
] as const;

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
const python = process.env["GLASSBOX_PYTHON"];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const runtime = await onnxRuntime(new WeightStore(folder));
const loadBefore = os.loadavg()[0]!;
const peer = await torch();
const rows: string[][] = [];
const models = benchModels();

for (const { model: name, site, value, index } of units) {
  const model = models.find((candidate) => candidate.name === name);
  if (model === undefined) continue;
  const network = new Network(
    {
      hash: name,
      at: model.at,
      batchable: true,
      input: model.input,
      logits: model.logits,
      layout: "NCHW",
      classNames: undefined,
    },
    runtime,
    2 ** 31,
  );
  let growing = begin(network, site, index, codings[name]);
  const ours: Contender = {
    name: "Glassbox",
    run: () =>
      clock(async () => {
        for (let i = 0; i < turn; i++)
          if ((await growing.next()).done) growing = begin(network, site, index, codings[name]);
      }),
  };
  const theirs = (["eager", "channels-last", "as-lucent"] as const).map((layout): Contender => ({
    name: layout,
    run: () => peer!.run([name, value, index, size, turn, layout]),
  }));
  const timings = await compare(peer ? [ours, ...theirs] : [ours], steps / turn);
  await network.release();
  const seconds = (median: number): string => `${digits((median * steps) / turn / 1000)} s`;
  const [best] = timings.slice(1, 3).sort((a, b) => a.slower - b.slower);
  const lucent = timings[3];
  rows.push([
    name,
    site,
    seconds(timings[0]!.median),
    ...(best ? [`${seconds(best.median)} (${best.name})`, times(best.slower)] : ["", ""]),
    ...(lucent ? [seconds(lucent.median), times(lucent.slower)] : ["", ""]),
  ]);
  console.log(rows.at(-1)!.join("  "));
}
peer?.stop();
fs.rmSync(folder, { recursive: true, force: true });

save("visualization", {
  title: "Maximized activation",
  text: `${size} px, ${steps} steps, one channel: Fourier image, transforms, the network as far as the site, gradient and Adam. PyTorch runs the same loop, ${turn} steps in turn with ours: at the same size, in the faster of two layouts; and as lucent runs it, eager and with the network fed 224 px whatever the picture's size. The transforms' draws and the display are counted on all sides. lucent itself took 26 s for the first row on the 2-core reference machine.`,
  machine: machine(),
  versions: [`onnxruntime ${runtime.version}`, peer ? `torch ${peer.version}` : ""].filter(Boolean).join(", "),
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["model", "site", "Glassbox", "PyTorch", "ratio", "as lucent", "ratio"],
  rows,
  notes: peer ? [] : ["PyTorch is left out: GLASSBOX_PYTHON names no Python that has torch."],
});

function begin(
  network: Network,
  site: string,
  index: number,
  coding: (typeof codings)[keyof typeof codings],
): AsyncGenerator<OptimizationStep> {
  return optimizeImages({
    network,
    objectives: [channel(site, index)],
    ordinals: [0],
    coding,
    size: [size, size],
    steps,
    seed: 0,
    recipe: presets.glassbox,
  });
}

async function torch(): Promise<
  { version: string; run(request: readonly (string | number)[]): Promise<number>; stop(): void } | undefined
> {
  if (python === undefined) return undefined;
  const child = spawn(python, [path.join(root, "bench", "peers", "torch_visualization.py"), "--serve"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("bench/peers/torch_visualization.py stopped");
    return JSON.parse(value as string) as Record<string, unknown>;
  };
  const { version } = await answer();
  return {
    version: String(version),
    run: async (request) => {
      child.stdin.write(`${request.join(" ")}\n`);
      return (await answer())["ms"] as number;
    },
    stop: () => child.stdin.end(),
  };
}
