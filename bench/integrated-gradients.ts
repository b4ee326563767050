/** Integrated gradients to a net completeness error of 1 %: Glassbox's adaptive rule on ONNX Runtime and on TensorFlow.js, against captum, which has none. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseTarget } from "../src/graph/target.ts";
import { integratedGradients } from "../src/methods/attribution/integrated-gradients.ts";
import type { Outcome } from "../src/methods/analysis.ts";
import { Network } from "../src/methods/network.ts";
import { parseOptions } from "../src/methods/option.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { tensorFlowRuntime } from "../src/runtime/tensorflow/tensorflow.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { float32 } from "../src/tensor/tensor.ts";
import { clock, digits, machine, quantile, times } from "./harness.ts";
import { benchModels, target, type BenchModel } from "./models.ts";
import { save } from "./report.ts";

interface CaptumResult {
  readonly version: string;
  readonly torch: string;
  readonly layout: string;
  readonly steps: number | null;
  readonly error: number | null;
  readonly seconds: number | null;
}

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
const python = process.env["GLASSBOX_PYTHON"];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const ort = await onnxRuntime(new WeightStore(folder));
const tensorflow = await tensorFlowRuntime();
const loadBefore = os.loadavg()[0]!;
const rows: string[][] = [];
let peer = "";

for (const model of benchModels()) {
  const [network, wasm] = [networkOn(model, ort), networkOn(model, tensorflow)];
  await explain(model, network);
  const seconds: number[] = [];
  let outcome!: Outcome;
  const measure = async (): Promise<void> => {
    for (let i = 0; i < 3; i++)
      seconds.push((await clock(async () => (outcome = await explain(model, network)))) / 1000);
  };
  await measure();
  const captum = runCaptum(model.name);
  const wasmSeconds = (await clock(() => explain(model, wasm))) / 1000;
  await measure();
  await Promise.all([network.release(), wasm.release()]);
  const ours = quantile(seconds, 0.5);
  const { net, local, evaluations } = outcome.certificate.find(({ id }) => id === "completeness")!.numbers as Record<
    string,
    number
  >;
  const ratio = captum?.seconds ? times(captum.seconds / ours) : "";
  const theirs =
    captum === undefined
      ? ""
      : captum.seconds === null
        ? "not within 800 steps"
        : `${digits(captum.seconds)} s, ${captum.steps} steps, ${(100 * captum.error!).toFixed(2)} %, ${captum.layout}`;
  rows.push([
    model.name,
    `${digits(ours)} s, ${evaluations} evaluations`,
    `${(100 * net!).toFixed(2)} % net, ${(100 * local!).toFixed(1)} % local`,
    `${digits(wasmSeconds)} s · ${times(wasmSeconds / ours)}`,
    theirs,
    ratio,
  ]);
  console.log(rows.at(-1)!.join("  "));
  if (captum) peer = `captum ${captum.version}, torch ${captum.torch}`;
}
fs.rmSync(folder, { recursive: true, force: true });

save("integrated-gradients", {
  title: "Integrated gradients to 1 % completeness error",
  text: "Seconds until the attributions add up to the change of the logit within 1 %, zero baseline, programs compiled. Glassbox also goes on until the errors of all intervals, which cannot cancel, add up to at most 10 %, and counts every evaluation. On TensorFlow.js the same rule runs once, its compilation included. For captum only the first of 50, 100, 200, 400, 800 steps that suffices is counted, in the faster of its two layouts.",
  machine: machine(),
  versions: [`onnxruntime ${ort.version}`, `tfjs ${tensorflow.version}`, peer].filter(Boolean).join(", "),
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["model", "Glassbox", "error", "on TensorFlow.js", "captum", "ratio"],
  rows,
  notes: python === undefined ? ["captum is left out: GLASSBOX_PYTHON names no Python that has it."] : [],
});

function networkOn(model: BenchModel, runtime: Runtime): Network {
  return new Network(
    {
      hash: model.name,
      at: memoized(model.at),
      batchable: true,
      input: model.input,
      logits: model.logits,
      layout: "NCHW",
      classNames: undefined,
    },
    runtime,
    2 ** 31,
  );
}

async function explain(model: BenchModel, network: Network): Promise<Outcome> {
  const steps = integratedGradients.run({
    network,
    input: float32([1, ...network.inputShape], model.example),
    target: parseTarget(`logit:${target}`),
    pixels: undefined,
    options: parseOptions(integratedGradients.options, { baseline: "zero" }),
    cancelled: () => false,
    memoryBudgetBytes: 2 ** 31,
    parts: { get: () => undefined, put: () => undefined, drop: () => undefined },
    ask: () => Promise.reject(new Error("no other analysis is asked")),
  });
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}

function runCaptum(name: string): CaptumResult | undefined {
  if (python === undefined) return undefined;
  return JSON.parse(
    execFileSync(
      python,
      [path.join(root, "bench", "peers", "captum_ig.py"), "--model", name, "--target", String(target)],
      { encoding: "utf8" },
    ),
  ) as CaptumResult;
}

function memoized<T>(f: (n: number) => T): (n: number) => T {
  const known = new Map<number, T>();
  return (n) => {
    const value = known.get(n) ?? f(n);
    known.set(n, value);
    return value;
  };
}
