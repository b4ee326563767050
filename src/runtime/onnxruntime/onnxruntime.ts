import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Graph, ValueName } from "../../graph/graph.ts";
import type { DType } from "../../tensor/dtype.ts";
import { castTensor, tensor, type Tensor } from "../../tensor/tensor.ts";
import { inputTypes, type CompileOptions, type Program, type Runtime } from "../runtime.ts";
import type { WeightStore } from "../weight-store.ts";
import { masksInNchwc } from "./nchwc-relu-masks.ts";
import { emitOnnx, isLarge } from "./emit.ts";
import type { TransferredTensor } from "./worker-thread.ts";
import { createPooledSessions, type PooledSessions } from "./worker-pool.ts";
import { stridedSlicesAsConv } from "./strided-slice-as-conv.ts";
import { chooseProvider, type ChosenProvider, type ExecutionProvider } from "./provider.ts";
import { pretransposeWeights } from "./pretransposed-weights.ts";

type Ort = typeof import("onnxruntime-node");

/**
 * ONNX Runtime reports usage to its vendor unless telemetry is disabled before its library loads. Therefore it is
 * imported here only, and late.
 */
async function loadOrt(): Promise<Ort> {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const module = await import("onnxruntime-node");
  return (module as { default?: Ort }).default ?? module;
}

/** ONNX Runtime. A run blocks its thread, so use it in a compute thread. */
export async function onnxRuntime(store: WeightStore, wanted: ExecutionProvider = "cpu"): Promise<Runtime> {
  const ort = await loadOrt();
  const provider = await chooseProvider(wanted, (model, options) => ort.InferenceSession.create(model, options));
  const onProcessor = provider.name === "cpu";
  const version = ort.env.versions.node ?? ort.env.versions.common;
  return {
    name: "onnxruntime",
    version: onProcessor ? version : `${version} (${provider.name})`,
    ...(onProcessor ? {} : { provider: provider.name }),
    notes: provider.note === undefined ? [] : [provider.note],
    // An accelerator runs one program at a time, however many cores the machine has.
    workers: onProcessor ? os.availableParallelism() : 1,
    compile: async (graph, options = {}) => {
      const { workers = 1 } = options;
      if (workers === 1)
        return ortProgram(
          ort,
          await withModelFile(store, graph, options, provider, (file) =>
            ort.InferenceSession.create(file, sessionOptions(options, provider, graph)),
          ),
          graph,
        );
      const single = sessionOptions({ ...options, threads: 1 }, provider, graph);
      return pooledProgram(
        await withModelFile(store, graph, options, provider, (file) => createPooledSessions(workers, file, single)),
        graph,
        workers,
      );
    },
  };
}

/** External weights are resolved relative to the model, so the model must be a file in the store while it loads. */
async function withModelFile<T>(
  store: WeightStore,
  graph: Graph,
  { effort = "full" }: CompileOptions,
  { name }: ChosenProvider,
  load: (file: string) => Promise<T>,
): Promise<T> {
  const pretransposed = pretransposeWeights(graph);
  const bytes = emitOnnx(
    effort === "full" && name === "cpu" ? masksInNchwc(stridedSlicesAsConv(pretransposed)) : pretransposed,
    (constant) => (isLarge(constant) ? store.locate(constant) : undefined),
  );
  const file = path.join(
    store.folder,
    `${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}-${process.pid}-${loads++}.onnx`,
  );
  fs.writeFileSync(file, bytes);
  try {
    return await load(file);
  } finally {
    fs.rmSync(file, { force: true });
  }
}

let loads = 0;

const sessionOptions = (
  { effort = "full", threads = os.availableParallelism() }: CompileOptions,
  { sessionProviders }: ChosenProvider,
  graph: Graph,
): InferenceSession.SessionOptions => ({
  executionProviders: sessionProviders,
  graphOptimizationLevel: effort === "full" ? "all" : "basic",
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  // Many light programs take turns. A thread that spins while it waits for its next operator takes the core from the others (measured: half the time on a busy machine), and a separate arena for each program keeps megabytes that the next one could use.
  ...(effort === "light" && {
    enableCpuMemArena: false,
    extra: {
      session: { disable_prepacking: "1", intra_op: { allow_spinning: "0" } },
      ...(holdsHalves(graph) && keepHalves),
    },
  }),
});

/** Constant folding would widen every float16 weight permanently and take more memory than float32. */
const keepHalves = { optimization: { disable_specified_optimizers: "ConstantFolding" } };

const holdsHalves = ({ constants }: Graph): boolean => [...constants.values()].some(({ dtype }) => dtype === "float16");

function ortProgram(ort: Ort, session: InferenceSession, graph: Graph): Program {
  const types = inputTypes(graph);
  return {
    inputs: types,
    outputs: graph.outputs,
    run: async (feeds) => {
      const fetched = await session.run(
        Object.fromEntries(
          [...feeds].map(([name, value]) => [name, toOrt(ort, castTensor(value, types.get(name)!.dtype))]),
        ),
      );
      return new Map(graph.outputs.map((name: ValueName) => [name, fromOrt(fetched[name]!)]));
    },
    release: () => session.release(),
  };
}

/** Up to `workers` runs may overlap. */
const pooledProgram = (sessions: PooledSessions, graph: Graph, workers: number): Program => {
  const types = inputTypes(graph);
  return {
    inputs: types,
    outputs: graph.outputs,
    workers,
    run: async (feeds) => {
      const transferred = [...feeds].map(([name, value]): TransferredTensor => {
        const { dtype: type, shape, data } = castTensor(value, types.get(name)!.dtype);
        return { name, type, shape, data };
      });
      const fetched = await sessions.run(transferred);
      return new Map(fetched.map(({ name, type, shape, data }) => [name, tensor(type, shape, data)]));
    },
    release: () => sessions.release(),
  };
};

const toOrt = (ort: Ort, { dtype, shape, data }: Tensor): OrtTensor =>
  new ort.Tensor(dtype as OrtTensor.Type, data as Float32Array, shape);

const fromOrt = ({ type, dims, data }: OrtTensor): Tensor =>
  tensor(type as DType, dims, data as Float32Array<ArrayBuffer>);
