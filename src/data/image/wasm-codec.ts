import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { GlassboxError } from "../../tensor/errors.ts";

/** What both codecs export: a C heap. Pointers are 32-bit offsets into `memory`. */
export interface WasmHeap {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(pointer: number): void;
}

// A bundle may be CommonJS, where import.meta is empty, or a module, where __dirname does not exist.
const here = typeof __dirname === "string" ? __dirname : path.dirname(fileURLToPath(import.meta.url));
const modules = new Map<string, WebAssembly.Module>();

/**
 * Runs `use` in a fresh instance of a codec that a package ships as WebAssembly. A fresh one each time
 * (well under a millisecond; the module is compiled once), because a codec that aborts on hostile
 * bytes leaves its heap as it was: the next image must not inherit that, nor the memory of the last.
 *
 * The file is looked for beside the bundle first, then in the package.
 */
export function withCodec<Exports extends WasmHeap, Result>(
  packageName: string,
  file: string,
  imports: WebAssembly.Imports,
  use: (codec: Exports) => Result,
): Result {
  let module = modules.get(file);
  if (!module) {
    module = new WebAssembly.Module(fs.readFileSync(locate(packageName, file)));
    modules.set(file, module);
  }
  return use(new WebAssembly.Instance(module, imports).exports as unknown as Exports);
}

function locate(packageName: string, file: string): string {
  const beside = path.join(here, file);
  if (fs.existsSync(beside)) return beside;
  try {
    return createRequire(path.join(here, "codec.js")).resolve(`${packageName}/${file}`);
  } catch {
    throw new GlassboxError("resource", `The image decoder ${file} is missing from this installation.`, {
      hint: "Install Glassbox again.",
    });
  }
}

/** Copies bytes into the heap. A `Uint8Array` view of the memory is stale after every call that may grow it, so views are made late. */
export function toHeap(codec: WasmHeap, bytes: Uint8Array): number {
  const pointer = codec.malloc(bytes.length);
  if (pointer === 0)
    throw new GlassboxError("resource", "There is not enough memory to decode this image.", {
      hint: "Scale it down first.",
    });
  new Uint8Array(codec.memory.buffer).set(bytes, pointer);
  return pointer;
}

const refuse = (call: string) => (): never => {
  throw new Error(`the codec called ${call}`);
};

/** The codecs are computation only: whatever they ask of a system is refused. */
export const noSystem: WebAssembly.Imports = {
  env: { setjmp: () => 0, longjmp: refuse("longjmp") },
  wasi_snapshot_preview1: {
    environ_sizes_get: () => 0,
    environ_get: refuse("environ_get"),
    proc_exit: refuse("proc_exit"),
    fd_close: refuse("fd_close"),
    fd_seek: refuse("fd_seek"),
    fd_write: refuse("fd_write"),
  },
};
