import type * as H5wasm from "h5wasm";

type Library = typeof H5wasm;
export type Hdf5Module = Awaited<Library["ready"]>;

let instances = 0;
let current: Promise<Hdf5Module> | undefined;

/**
 * The HDF5 library, compiled to WebAssembly: it sees no file system but the one in its own memory. Loaded when the first
 * HDF5 file is opened, which takes a third of a second.
 */
export const hdf5Library = (): Promise<Hdf5Module> => (current ??= instantiate());

/** After a trap an instance's memory is in no known state. The next file gets a new one. */
export function discardHdf5Library(): void {
  current = undefined;
}

async function instantiate(): Promise<Hdf5Module> {
  // A module is one instance: another query makes another one.
  const url = `${import.meta.resolve("h5wasm")}?instance=${++instances}`;
  const { ready } = (await import(url)) as Library;
  const module = await ready;
  silence(module);
  return module;
}

/** The library prints its errors; here each becomes a sentence. */
function silence({ FS }: Hdf5Module): void {
  const { streams } = FS as unknown as { streams: readonly ({ tty?: { ops: unknown } } | null)[] };
  for (const stream of streams) if (stream?.tty) stream.tty.ops = { put_char: () => undefined, fsync: () => undefined };
}
