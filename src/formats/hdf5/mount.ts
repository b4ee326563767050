import type { ByteSource } from "../source.ts";
import type { Hdf5Module } from "./library.ts";

/** What a file in the library's memory is made of, as far as it is replaced here. */
interface MemoryNode {
  usedBytes: number;
  stream_ops: Readonly<Record<string, unknown>>;
}

/**
 * Shows a source to the library as a file that cannot be written. The bytes are read where they are when the library asks for
 * them, so a file of gigabytes takes no memory.
 */
export function mountSource({ FS }: Hdf5Module, source: ByteSource, path: string): { path: string; unmount(): void } {
  FS.writeFile(path, new Uint8Array(0));
  const { node } = FS.lookupPath(path, {}) as unknown as { node: MemoryNode };
  node.usedBytes = source.size;
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number {
      if (position < 0 || position >= source.size) return 0;
      const bytes = source.read(position, Math.min(length, source.size - position));
      buffer.set(bytes, offset);
      return bytes.length;
    },
    write: (): number => 0,
  };
  return { path, unmount: () => FS.unlink(path) };
}
