import { createHash } from "node:crypto";
import path from "node:path";
import { KeptFolder } from "../files/kept-folder.ts";
import { exists } from "../files/look.ts";
import type { Constant, WeightLocation } from "../graph/graph.ts";
import { bytesPerElement } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";

/** Many models' worth; a single larger model is kept all the same while it is used. */
const mostBytes = 32 * 2 ** 30;
const usedLatelyMs = 3_600_000;

/**
 * Stores weights by the hash of their content, one file each, so that every program maps the same pages and a weight
 * shared by two models is stored once. A weight with an `identity` is stored under that identity instead: the next process
 * finds it without reading the model's file. Each file is checked once a process against its checksum.
 */
export class WeightStore {
  readonly folder: string;
  readonly #kept: KeptFolder;
  /** Each constant is loaded and hashed once, however many programs contain it. */
  readonly #known = new WeakMap<Constant, WeightLocation>();

  constructor(folder: string) {
    this.folder = folder;
    this.#kept = new KeptFolder(folder, { mostBytes, keepForMs: usedLatelyMs });
  }

  /** Where the weight is stored; undefined if it cannot be, so that it goes into the program itself. */
  locate(constant: Constant): WeightLocation | undefined {
    const known = this.#known.get(constant);
    if (known) return known;
    const location = this.#stored(constant) ?? this.#store(constant);
    if (location) this.#known.set(constant, location);
    return location;
  }

  /** Whether the weight's file is still where it was found. */
  holds(constant: Constant): boolean {
    const known = this.#known.get(constant);
    return known !== undefined && exists(path.join(this.folder, known.file));
  }

  /** Looks at the files again: they may have been removed since they were checked. */
  forget(constants: Iterable<Constant>): void {
    for (const constant of constants) this.#known.delete(constant);
  }

  #stored(constant: Constant): WeightLocation | undefined {
    if (constant.identity === undefined) return undefined;
    const file = nameOf(constant.identity);
    const bytes = sizeOf(constant.shape) * bytesPerElement(constant.dtype);
    return this.#kept.holds(file, bytes) ? { file, offset: 0, bytes } : undefined;
  }

  #store(constant: Constant): WeightLocation | undefined {
    const { data } = constant.load();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const file = nameOf(constant.identity ?? bytes);
    const isThere = constant.identity === undefined && this.#kept.holds(file, bytes.length);
    return isThere || this.#kept.write(file, bytes) ? { file, offset: 0, bytes: bytes.length } : undefined;
  }
}

const nameOf = (content: string | Uint8Array): string =>
  `${createHash("sha256").update(content).digest("hex").slice(0, 32)}.weights`;
