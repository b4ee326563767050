/** The whole probe chart of the sample model: 2,000 pictures, ten sites, all controls; then another label of the same pictures. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Asker } from "../src/engine/ask/asker.ts";
import { startRuntime } from "../src/engine/runtimes.ts";
import { engineServices } from "../src/engine/services.ts";
import type { Probes } from "../src/protocol/probing.ts";
import { float32 } from "../src/tensor/tensor.ts";
import { clock, digits, machine, quantile } from "./harness.ts";
import { benchModels } from "./models.ts";
import { save } from "./report.ts";

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const settings = { cacheFolder: folder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime" as const };
const runtime = startRuntime(settings);
const asker = new Asker(engineServices(settings, runtime));
const model = path.join(root, "samples", "vision", "efficientnet-lite0.onnx");
const data = "procedural:2000:5";
const loadBefore = os.loadavg()[0]!;

async function timed(name: string, label: string): Promise<string[]> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const answer = await asker.ask(
    {
      job: name,
      analysis: "linear-probes",
      model,
      subject: { kind: "data", data, label },
      options: {},
      detail: "exact",
    },
    () => undefined,
    () => false,
  );
  const { user, system } = process.cpuUsage(before);
  const { points, sites } = answer.data as Probes;
  return [
    name,
    ((performance.now() - began) / 1000).toFixed(1),
    ((user + system) / 1e6).toFixed(1),
    `${sites.length} sites, ${points.length} probes`,
  ];
}

const rows = [
  await timed("shape: activations, Gram matrices, probes", "shape"),
  await timed("colour: probes only", "colour"),
  await timed("shape again: from disk", "shape"),
];
const { version } = await runtime;

/** Milliseconds of one forward pass on all cores of the 2-core reference machine. */
const atReference = 7.9;
const forward = await forwardPass();

async function forwardPass(): Promise<number> {
  const { at, input, example } = benchModels().find(({ name }) => name === "efficientnet-lite0")!;
  const program = await (await runtime).compile(at(1), { effort: "full" });
  const x = new Map([[input, float32(program.inputs.get(input)!.shape, example)]]);
  const runs: number[] = [];
  for (let round = 0; round < 30; round++) runs.push(await clock(() => program.run(x)));
  await program.release();
  return quantile(runs.slice(5), 0.5);
}

save("probe-chart", {
  title: "Probe chart: EfficientNet-Lite0, 2,000 pictures of 224 px, ten sites, all controls",
  text: "Trained network, its random-weights control, shuffled labels and the raw input, C by five folds; from the question to the last point. By the clock it takes at least half of the processor's time on two cores, and as much more as others take of them.",
  machine: machine(),
  versions: `onnxruntime ${version}`,
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["", "seconds", "seconds of processor", "what"],
  rows,
  notes: [
    `One forward pass of the network took ${digits(forward)} ms here and takes ${atReference} ms on the 2-core reference machine, at whose pace the first chart is ${digits((Number(rows[0]![1]) * atReference) / forward)} s.`,
  ],
});
fs.rmSync(folder, { recursive: true, force: true });
process.exit(0);
