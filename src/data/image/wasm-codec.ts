import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../../files/look.ts";
import { readWhole } from "../../files/read-whole.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/** The exports of both codecs: a C heap. Pointers are 32-bit offsets into `memory`. */
export interface WasmHeap {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(pointer: number): void;
}

// A bundle may be CommonJS, which lacks import.meta, or a module, which lacks __dirname.
const here = typeof __dirname === "string" ? __dirname : path.dirname(fileURLToPath(import.meta.url));
const mostCodecBytes = 64 << 20;
const modules = new Map<string, WebAssembly.Module>();

/**
 * Runs `use` in a new instance of a codec that a package ships as WebAssembly. Each call gets a new instance (it takes
 * well under a millisecond; the module is compiled once), because a codec that aborts on hostile bytes leaves its heap in
 * an undefined state. The next image must not inherit that heap, nor the memory of the previous image.
 *
 * The file is searched for next to the bundle first, then in the package.
 */
export function withCodec<Exports extends WasmHeap, Result>(
  packageName: string,
  file: string,
  imports: WebAssembly.Imports,
  use: (codec: Exports) => Result,
): Result {
  let module = modules.get(file);
  if (!module) {
    module = new WebAssembly.Module(readWhole(locate(packageName, file), mostCodecBytes));
    modules.set(file, module);
  }
  return use(new WebAssembly.Instance(module, imports).exports as unknown as Exports);
}

function locate(packageName: string, file: string): string {
  const bundled = path.join(here, file);
  if (exists(bundled)) return bundled;
  try {
    return createRequire(path.join(here, "codec.js")).resolve(`${packageName}/${file}`);
  } catch {
    throw new GlassboxError("resource", `The image decoder ${file} is missing from this installation.`, {
      hint: "Install Glassbox again.",
    });
  }
}

/** Copies bytes into the heap. Any call that may grow the memory invalidates `Uint8Array` views of it, so views are created late. */
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

/** The codecs only compute: all their system calls are rejected. */
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
