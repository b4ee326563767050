import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Constant, WeightLocation } from "../graph/graph.ts";
import { bytesPerElement } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";

/**
 * Stores weights by the hash of their content, one file each, so that every program maps the same pages and a weight
 * shared by two models is stored once. A weight with an `identity` is stored under that identity instead: the next process
 * finds it without reading the model's file.
 */
export class WeightStore {
  readonly folder: string;
  /** Each constant is loaded and hashed once, however many programs contain it. */
  readonly #known = new WeakMap<Constant, WeightLocation>();

  constructor(folder: string) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  locate(constant: Constant): WeightLocation {
    const known = this.#known.get(constant);
    if (known) return known;
    const location = this.#stored(constant) ?? this.#store(constant);
    this.#known.set(constant, location);
    return location;
  }

  /** Writing is atomic, so a file of the right length is complete. */
  #stored(constant: Constant): WeightLocation | undefined {
    if (constant.identity === undefined) return undefined;
    const file = nameOf(constant.identity);
    const bytes = sizeOf(constant.shape) * bytesPerElement(constant.dtype);
    return fs.statSync(path.join(this.folder, file), { throwIfNoEntry: false })?.size === bytes
      ? { file, offset: 0, bytes }
      : undefined;
  }

  #store(constant: Constant): WeightLocation {
    const { data } = constant.load();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const file = nameOf(constant.identity ?? bytes);
    this.#write(file, bytes);
    return { file, offset: 0, bytes: bytes.length };
  }

  /** Writes under a temporary name and renames the file: two engines may race, and neither sees half a file. */
  #write(file: string, bytes: Uint8Array): void {
    const target = path.join(this.folder, file);
    if (fs.statSync(target, { throwIfNoEntry: false })?.size === bytes.length) return;
    const temporary = `${target}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, bytes);
    fs.renameSync(temporary, target);
  }
}

const nameOf = (content: string | Uint8Array): string =>
  `${createHash("sha256").update(content).digest("hex").slice(0, 32)}.weights`;
