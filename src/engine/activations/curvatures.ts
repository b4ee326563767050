import type { Curvature } from "../../methods/probing/curvature.ts";

/** Gram matrices and factors of recently probed rows, so that another label on the same rows reuses them. */
export class Curvatures {
  readonly #maxBytes: number;
  readonly #known = new Map<string, Curvature>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param key identifies the rows as the probe sees them */
  async get(key: string, make: () => Promise<Curvature>): Promise<Curvature> {
    const found = this.#known.get(key) ?? (await make());
    this.#known.delete(key);
    this.#makeRoom(found.bytes);
    this.#known.set(key, found);
    return found;
  }

  /** Drops the least recently used first. Entries grow while they are used, so sizes are measured each time. */
  #makeRoom(bytes: number): void {
    let total = [...this.#known.values()].reduce((sum, each) => sum + each.bytes, bytes);
    for (const [key, each] of this.#known) {
      if (total <= this.#maxBytes) return;
      this.#known.delete(key);
      total -= each.bytes;
    }
  }
}
