import { zipSync, type Zippable } from "fflate";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { memorySource, type ByteSource } from "../source.ts";
import { readZipDirectory, readZipEntry, type ZipEntry } from "../zip-directory.ts";
import { readNpy, writeNpy } from "./npy.ts";

/** Named arrays in one archive; each is read when it is asked for. */
export interface NpzArchive {
  readonly names: readonly string[];
  read(name: string): Tensor;
}

/** An array in memory while it is read: its packed bytes, unpacked, and as an array of its own. */
const copiesWhileReading = 3;

/** `source` must stay open for as long as arrays are read. An array that takes more than `mostBytes` is refused. */
export function openNpz(source: ByteSource, mostBytes = Infinity): NpzArchive {
  const entries = new Map<string, ZipEntry>();
  for (const entry of readZipDirectory(source)) {
    if (entry.name.endsWith(".npy")) entries.set(entry.name.slice(0, -".npy".length), entry);
  }
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) {
        throw new GlassboxError("input", `the archive has no array ${JSON.stringify(name)}`, {
          where: source.name,
          hint: `It has ${[...entries.keys()].slice(0, 20).join(", ") || "none"}.`,
        });
      }
      requireMemory(entry.size * copiesWhileReading, mostBytes, `reading the array ${JSON.stringify(name)}`, {
        where: source.name,
      });
      return readNpy(memorySource(`${source.name}, ${entry.name}`, readZipEntry(source, entry)));
    },
  };
}

/** All arrays at once. */
export function readNpz(source: ByteSource): Map<string, Tensor> {
  const archive = openNpz(source);
  return new Map(archive.names.map((name) => [name, archive.read(name)]));
}

const largestArchive = 2 ** 32 - 2 ** 20;

/** What `numpy.savez` writes, or `savez_compressed`. The same tensors give the same bytes: no time is stored. */
export function writeNpz(tensors: ReadonlyMap<string, Tensor>, { compress = false } = {}): Uint8Array<ArrayBuffer> {
  const files: Zippable = Object.create(null) as Zippable;
  let total = 0;
  for (const [name, tensor] of tensors) {
    const bytes = writeNpy(tensor);
    total += bytes.length;
    if (total > largestArchive)
      throw new GlassboxError("resource", "an .npz archive of more than 4 GB is not written", {
        hint: "Write the arrays as .npy files.",
      });
    files[`${name}.npy`] = [bytes, { level: compress ? 6 : 0, mtime: firstZipDay }];
  }
  return zipSync(files) as Uint8Array<ArrayBuffer>;
}

/** Local time, as zip stores it. */
const firstZipDay = new Date(1980, 0, 1);
