import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import { GlassboxError } from "../../tensor/errors.ts";

/** The core of TensorFlow.js. Its backends extend one CommonJS instance, so it is required at run time and never bundled. */
export type Tf = typeof import("@tensorflow/tfjs-core");
type Wasm = typeof import("@tensorflow/tfjs-backend-wasm");

export type BackendName = "tensorflow" | "wasm";

export interface Backend {
  readonly tf: Tf;
  readonly name: BackendName;
  readonly version: string;
  /** A sentence that says why the native library is not used; `undefined` if it is. */
  readonly note: string | undefined;
}

const require = createRequire(import.meta.url);

let started: Promise<Backend> | undefined;

/** TensorFlow's native library if it is installed, else WebAssembly. A process has one backend, because TensorFlow.js is global. */
export const startBackend = (): Promise<Backend> => (started ??= start());

/** WebAssembly, whose arithmetic is the same on every processor. */
export async function startPortableBackend(): Promise<Backend> {
  const backend = await (started ??= startWasm("TensorFlow.js runs in WebAssembly, as requested."));
  if (backend.name !== "wasm")
    throw new GlassboxError(
      "option",
      "TensorFlow's native library is already in use, and a process can have only one TensorFlow.js backend",
      { hint: "Choose ONNX Runtime as the runtime: portable results are then computed in WebAssembly." },
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
 * `@tensorflow/tfjs-node`, or a sentence that says why it is not used. Its kernels call `util.isNullOrUndefined`, which
 * Node 23 removed; without that function every operator throws.
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
    return `TensorFlow.js runs in WebAssembly: loading @tensorflow/tfjs-node failed (${(error as Error).message.split("\n")[0]}).`;
  }
}
