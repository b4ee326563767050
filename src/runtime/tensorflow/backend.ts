import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import { GlassboxError } from "../../tensor/errors.ts";

/** TensorFlow.js' core, as the one CommonJS instance that its backends extend: required at run time, never bundled. */
export type Tf = typeof import("@tensorflow/tfjs-core");
type Wasm = typeof import("@tensorflow/tfjs-backend-wasm");

export type BackendName = "tensorflow" | "wasm";

export interface Backend {
  readonly tf: Tf;
  readonly name: BackendName;
  readonly version: string;
  /** Why the native library is not what runs, as a sentence; `undefined` where it is. */
  readonly note: string | undefined;
}

const require = createRequire(import.meta.url);

let started: Promise<Backend> | undefined;

/** TensorFlow's native library where it is installed, else WebAssembly. One backend a process: TensorFlow.js is global. */
export const startBackend = (): Promise<Backend> => (started ??= start());

/** WebAssembly, whose arithmetic is the same on every processor. */
export async function startPortableBackend(): Promise<Backend> {
  const backend = await (started ??= startWasm("TensorFlow.js runs in WebAssembly, as was asked."));
  if (backend.name !== "wasm")
    throw new GlassboxError(
      "option",
      "TensorFlow's native library computes here, and a process has one TensorFlow.js",
      {
        hint: "Choose ONNX Runtime as the runtime: what is the same on every machine is then computed in WebAssembly.",
      },
    );
  return backend;
}

async function start(): Promise<Backend> {
  const native = loadNative();
  if (typeof native === "string") return startWasm(native);
  await native.setBackend("tensorflow");
  return { tf: native, name: "tensorflow", version: native.version_core, note: undefined };
}

async function startWasm(note: string): Promise<Backend> {
  const tf = require("@tensorflow/tfjs-core") as Tf;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as Wasm;
  wasm.setWasmPaths(path.join(path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), path.sep));
  if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly backend of TensorFlow.js did not start");
  return { tf, name: "wasm", version: wasm.version_wasm, note };
}

/**
 * `@tensorflow/tfjs-node`, or the sentence that says why not. Its kernels call `util.isNullOrUndefined`,
 * which Node 23 removed; without it every operator throws.
 */
function loadNative(): Tf | string {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  try {
    return require("@tensorflow/tfjs-node") as Tf;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND")
      return "TensorFlow.js runs in WebAssembly: @tensorflow/tfjs-node is not installed, or its native library is missing.";
    return `TensorFlow.js runs in WebAssembly: @tensorflow/tfjs-node does not load (${(error as Error).message.split("\n")[0]}).`;
  }
}
