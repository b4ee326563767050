import type { Curvature } from "../../methods/probing/curvature.ts";

/** The Gram matrices and factors of the rows last probed, so that another label on them needs no new ones. */
export class Curvatures {
  readonly #mostBytes: number;
  readonly #known = new Map<string, Curvature>();

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** @param key what the rows are, as the probe sees them */
  async get(key: string, make: () => Promise<Curvature>): Promise<Curvature> {
    const found = this.#known.get(key) ?? (await make());
    this.#known.delete(key);
    this.#makeRoom(found.bytes);
    this.#known.set(key, found);
    return found;
  }

  /** Those used longest ago go first; factors grow while they are used, so sizes are those of now. */
  #makeRoom(bytes: number): void {
    let total = [...this.#known.values()].reduce((sum, each) => sum + each.bytes, bytes);
    for (const [key, each] of this.#known) {
      if (total <= this.#mostBytes) return;
      this.#known.delete(key);
      total -= each.bytes;
    }
  }
}
