import path from "node:path";
import type { EngineSettings } from "../protocol/engine.ts";
import { onnxRuntime } from "../runtime/onnxruntime/onnxruntime.ts";
import { referenceRuntime } from "../runtime/reference/reference.ts";
import type { Runtime, RuntimeName } from "../runtime/runtime.ts";
import { WeightStore } from "../runtime/weight-store.ts";
import { GlassboxError } from "../tensor/errors.ts";

type Start = (settings: EngineSettings) => Promise<Runtime>;

const runtimes: Readonly<Partial<Record<RuntimeName, Start>>> = {
  onnxruntime: ({ cacheFolder, provider }) => onnxRuntime(new WeightStore(path.join(cacheFolder, "weights")), provider),
  // Loaded only when chosen: it starts WebAssembly, or a library of half a gigabyte.
  tensorflow: async () => (await import("../runtime/tensorflow/tensorflow.ts")).tensorFlowRuntime(),
  reference: async () => referenceRuntime,
};

/** A second runtime next to the chosen one, whose numbers are the same on every machine. */
export const startPortableRuntime = async (): Promise<Runtime> =>
  (await import("../runtime/tensorflow/tensorflow.ts")).portableRuntime();

export async function startRuntime(settings: EngineSettings): Promise<Runtime> {
  const start = runtimes[settings.runtime];
  if (start === undefined)
    throw new GlassboxError("option", `there is no runtime ${settings.runtime}`, {
      hint: `The runtimes are: ${Object.keys(runtimes).join(", ")}.`,
    });
  return start(settings);
}
