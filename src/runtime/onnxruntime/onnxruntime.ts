import os from "node:os";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { isMissing } from "../../files/system-failure.ts";
import { temporaryIn, withTemporaryFile } from "../../files/temporary.ts";
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
          await withModelFile(store, graph, options, provider, (model) =>
            createSession(ort, model, sessionOptions(options, provider, graph)),
          ),
          graph,
        );
      const single = sessionOptions({ ...options, threads: 1 }, provider, graph);
      return pooledProgram(
        await withModelFile(store, graph, options, provider, (model) => createPooledSessions(workers, model, single)),
        graph,
        workers,
      );
    },
  };
}

/** A weight's file may be removed between being checked and being mapped: by a person, or by another process that needed room. */
const attempts = 3;

/** External weights are resolved relative to the model, so the model must be a file in the store while it loads. */
async function withModelFile<T>(
  store: WeightStore,
  graph: Graph,
  { effort = "full" }: CompileOptions,
  { name }: ChosenProvider,
  load: (model: string | Uint8Array) => Promise<T>,
): Promise<T> {
  const pretransposed = pretransposeWeights(graph);
  const adapted =
    effort === "full" && name === "cpu" ? masksInNchwc(stridedSlicesAsConv(pretransposed)) : pretransposed;
  for (let attempt = 1; ; attempt++) {
    let stored = 0;
    const bytes = emitOnnx(adapted, (constant) => {
      const location = isLarge(constant) ? store.locate(constant) : undefined;
      if (location) stored++;
      return location;
    });
    // Where nothing can be stored, the program holds its weights itself.
    if (stored === 0) return load(bytes);
    try {
      return await withTemporaryFile(temporaryIn(store.folder, "onnx"), bytes, load);
    } catch (error) {
      if (attempt === attempts) throw error;
      const before = [...adapted.constants.values()];
      const gone = before.some((constant) => isLarge(constant) && !store.holds(constant));
      if (!gone && !isMissing(error)) throw error;
      store.forget(before);
    }
  }
}

/** The library has a signature for each. */
const createSession = (
  ort: Ort,
  model: string | Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> =>
  typeof model === "string" ? ort.InferenceSession.create(model, options) : ort.InferenceSession.create(model, options);

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
