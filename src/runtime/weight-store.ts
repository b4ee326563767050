import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Constant, WeightLocation } from "../graph/graph.ts";

/**
 * Weights by the hash of their content, one file each, so that every program maps the same pages
 * and a weight shared by two models is stored once.
 */
export class WeightStore {
  readonly folder: string;
  /** Loading and hashing once a constant is enough, however many programs it is in. */
  readonly #known = new WeakMap<Constant, WeightLocation>();

  constructor(folder: string) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  locate(constant: Constant): WeightLocation {
    const known = this.#known.get(constant);
    if (known) return known;
    const { data } = constant.load();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const file = `${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}.weights`;
    this.#write(file, bytes);
    const location: WeightLocation = { file, offset: 0, bytes: bytes.length };
    this.#known.set(constant, location);
    return location;
  }

  /** Written under a temporary name and renamed: two engines may race, and neither sees half a file. */
  #write(file: string, bytes: Uint8Array): void {
    const target = path.join(this.folder, file);
    if (fs.statSync(target, { throwIfNoEntry: false })?.size === bytes.length) return;
    const temporary = `${target}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, bytes);
    fs.renameSync(temporary, target);
  }
}
