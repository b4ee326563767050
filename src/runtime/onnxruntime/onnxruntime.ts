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
import { emitOnnx, isLarge } from "./emit.ts";

type Ort = typeof import("onnxruntime-node");

/**
 * ONNX Runtime reports usage to its vendor unless told not to before its library loads; that is
 * why it is imported here, late, and nowhere else.
 */
async function loadOrt(): Promise<Ort> {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const module = await import("onnxruntime-node");
  return (module as { default?: Ort }).default ?? module;
}

/** ONNX Runtime's CPU provider. A run blocks its thread, so this belongs in a compute thread. */
export async function onnxRuntime(store: WeightStore): Promise<Runtime> {
  const ort = await loadOrt();
  return {
    name: "onnxruntime",
    version: ort.env.versions.node ?? ort.env.versions.common,
    compile: async (graph, options = {}) => {
      const session = await createSession(ort, store, graph, options);
      return ortProgram(ort, session, graph);
    },
  };
}

async function createSession(ort: Ort, store: WeightStore, graph: Graph, { effort = "full", threads = os.availableParallelism() }: CompileOptions): Promise<InferenceSession> {
  const bytes = emitOnnx(graph, (constant) => (isLarge(constant) ? store.locate(constant) : undefined));
  // External weights are resolved beside the model, so the model must be a file in the store for as long as it loads.
  const file = path.join(store.folder, `${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}-${process.pid}.onnx`);
  fs.writeFileSync(file, bytes);
  try {
    return await ort.InferenceSession.create(file, {
      executionProviders: ["cpu"],
      graphOptimizationLevel: effort === "full" ? "all" : "basic",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // Many light programs take turns: a thread that waits for its next operator by spinning takes the core from the others (measured: half the time on a busy machine), and an arena of each one's own keeps megabytes that the next could use.
      ...(effort === "light" && { enableCpuMemArena: false, extra: { session: { disable_prepacking: "1", intra_op: { allow_spinning: "0" } } } }),
    });
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function ortProgram(ort: Ort, session: InferenceSession, graph: Graph): Program {
  const types = inputTypes(graph);
  return {
    inputs: types,
    outputs: graph.outputs,
    run: async (feeds) => {
      const fetched = await session.run(Object.fromEntries([...feeds].map(([name, value]) => [name, toOrt(ort, castTensor(value, types.get(name)!.dtype))])));
      return new Map(graph.outputs.map((name: ValueName) => [name, fromOrt(fetched[name]!)]));
    },
    release: () => session.release(),
  };
}

const toOrt = (ort: Ort, { dtype, shape, data }: Tensor): OrtTensor =>
  new ort.Tensor(dtype as OrtTensor.Type, data as Float32Array, shape);

const fromOrt = ({ type, dims, data }: OrtTensor): Tensor =>
  tensor(type as DType, dims, data as Float32Array<ArrayBuffer>);
