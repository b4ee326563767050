/** A binary probe of 10,000 × 768, and a second label on the same data: against scikit-learn's newton-cholesky where Python has it. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { readNpy, writeNpy } from "../src/formats/numpy/npy.ts";
import { memorySource } from "../src/formats/source.ts";
import { Curvature } from "../src/methods/probing/curvature.ts";
import { gramOf, type Features } from "../src/methods/probing/design.ts";
import { fitLogistic, solveLogistic, type Fit } from "../src/methods/probing/logistic-regression.ts";
import { curvatureBound, FeaturePreconditioner, type Preconditioner } from "../src/methods/probing/preconditioner.ts";
import { fitBatched, Products } from "../src/methods/probing/batched-products.ts";
import { onnxRuntime } from "../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../src/runtime/weight-store.ts";
import { fromFloat64, tensor, toFloat64 } from "../src/tensor/tensor.ts";
import { Random } from "../src/tensor/random.ts";
import { clock, compare, digits, machine, times, type Contender } from "./harness.ts";
import { save } from "./report.ts";

const rows = 10_000;
const columns = 768;
const C = 1;
const tolerance = 1e-6;
const rounds = Number(process.env["GLASSBOX_ROUNDS"] ?? 5);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const loadBefore = os.loadavg()[0]!;
const runtime = await onnxRuntime(new WeightStore(folder));

/** Correlated columns, as activations are: a few hidden directions and noise. Standard normal labels' scores. */
const random = new Random(1);
const hidden = 40;
const mixing = random.normals(hidden * columns);
const data = new Float64Array(rows * columns);
for (let row = 0; row < rows; row++) {
  const z = random.normals(hidden);
  for (let c = 0; c < columns; c++) {
    let value = random.normal();
    for (let h = 0; h < hidden; h++) value += 0.25 * z[h]! * mixing[h * columns + c]!;
    data[row * columns + c] = value;
  }
}
const x: Features = { rows, columns, data };
const labels = [0, 1].map((seed) => {
  const direction = new Random(10 + seed).normals(columns).map((value) => value / 20);
  const noise = new Random(20 + seed);
  return Int32Array.from({ length: rows }, (_, row) => {
    let score = 0;
    for (let c = 0; c < columns; c++) score += data[row * columns + c]! * direction[c]!;
    return score + 3 * noise.normal() > 0 ? 1 : 0;
  });
});

interface Fitted {
  fit: Fit | undefined;
  cpuMs: number;
}
const ours: readonly [Fitted, Fitted] = [
  { fit: undefined, cpuMs: Infinity },
  { fit: undefined, cpuMs: Infinity },
];
let shared: { readonly products: Products; readonly preconditioner: Preconditioner } | undefined;

async function first(): Promise<void> {
  await shared?.products.release();
  const curvature = await Curvature.of(x, runtime);
  shared = { products: new Products(x, runtime), preconditioner: curvature.at(C, 2) };
  await solve(0);
}

async function solve(label: 0 | 1): Promise<void> {
  const { products, preconditioner } = shared!;
  const [fit] = await fitBatched(
    [solveLogistic({ x, y: labels[label]!, classes: 2, C }, preconditioner, { tolerance })],
    products,
  );
  ours[label].fit = fit;
}

async function counted(label: 0 | 1, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  const ms = await clock(work);
  const { user, system } = process.cpuUsage(before);
  ours[label].cpuMs = Math.min(ours[label].cpuMs, (user + system) / 1000);
  return ms;
}

interface Peer {
  readonly version: string;
  fit(label: 0 | 1): Promise<{ readonly ms: number; readonly cpuMs: number }>;
  stop(): void;
}

async function peer(): Promise<Peer | string> {
  const python = process.env["GLASSBOX_PYTHON"];
  if (python === undefined) return "scikit-learn is left out: GLASSBOX_PYTHON names no Python that has it.";
  fs.writeFileSync(path.join(folder, "x.npy"), writeNpy(tensor("float64", [rows, columns], data)));
  labels.forEach((y, i) => fs.writeFileSync(path.join(folder, `y${i}.npy`), writeNpy(fromFloat64("int64", [rows], y))));
  const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
  const child = spawn(python, [path.join(root, "bench", "peers", "sklearn_logistic.py"), folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hello = await lines.next();
  if (hello.done) return `scikit-learn is left out: ${python} did not start bench/peers/sklearn_logistic.py.`;
  return {
    version: (JSON.parse(hello.value) as { version: string }).version,
    fit: async (label) => {
      child.stdin.write(`${label} 1e-4\n`);
      const reply = await lines.next();
      if (reply.done) throw new Error("scikit-learn stopped");
      return JSON.parse(reply.value) as { ms: number; cpuMs: number };
    },
    stop: () => child.stdin.end(),
  };
}

const sklearn = await peer();
const theirCpu = [Infinity, Infinity];
const contenders: Contender[] = [
  { name: "Glassbox, first label", run: () => counted(0, first) },
  { name: "Glassbox, second label", run: () => counted(1, () => solve(1)) },
];
if (typeof sklearn !== "string") {
  for (const label of [0, 1] as const) {
    contenders.push({
      name: `scikit-learn ${sklearn.version}, ${label ? "second" : "first"} label`,
      run: async () => {
        const { ms, cpuMs } = await sklearn.fit(label);
        theirCpu[label] = Math.min(theirCpu[label]!, cpuMs);
        return ms;
      },
    });
  }
}
const timings = await compare(contenders, rounds);
if (typeof sklearn !== "string") sklearn.stop();

/** How far coefficients are from an optimum that is certified to 1e-9. */
// The shared one has let its factor go.
const exact = new FeaturePreconditioner(await gramOf(x, runtime), columns, {
  curvature: curvatureBound(rows, 2),
  lambda: 1 / (C * rows),
});
const optima = labels.map((y) => fitLogistic({ x, y, classes: 2, C }, exact, { tolerance: 1e-9 }).weights);
const distance = (weights: ArrayLike<number>, label: number): string =>
  Math.max(...optima[label]!.map((value, c) => Math.abs(value - weights[c]!))).toExponential(1);
const theirs = (label: number): Float64Array =>
  toFloat64(readNpy(memorySource("w", fs.readFileSync(path.join(folder, `w${label}.npy`)))));
const table = timings.map(({ name, median, quartiles, slower }, i) => {
  const label = (i % 2) as 0 | 1;
  const cpu = i < 2 ? ours[label].cpuMs : theirCpu[label]!;
  return [
    name,
    `${digits(median)} (${quartiles.map(digits).join("–")})`,
    times(slower),
    digits(cpu),
    distance(i < 2 ? ours[label].fit!.weights : theirs(label), label),
  ];
});
save("probing", {
  title: "Probes: logistic regression, 10,000 × 768, binary, C = 1",
  text: "The first label includes the Gram matrix and its factor; the second uses them again. Processor time is the least of all rounds. Distances are the largest difference of a coefficient from an optimum certified to 1e-9; scikit-learn stops at its default tolerance.",
  machine: machine(),
  versions: `onnxruntime ${runtime.version}`,
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
  header: ["", "ms, median (quartiles)", "by the first's time", "ms of processor, least", "from the optimum"],
  rows: table,
  notes: [
    ...(typeof sklearn === "string" ? [sklearn] : []),
    `Glassbox certifies ‖w − w*‖ ≤ ${ours[0].fit!.distance.toExponential(1)}; ${ours[0].fit!.passes} and ${ours[1].fit!.passes} passes.`,
  ],
});
await shared?.products.release();
fs.rmSync(folder, { recursive: true, force: true });
