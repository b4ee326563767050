import fs from "node:fs";
import path from "node:path";
import type { Parallelism, ParallelismMemory } from "../../methods/parallelism.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/**
 * Remembers whether each model's samples run faster in parallel or one by one on this machine. It is stored next to the
 * weights.
 */
export class ParallelismStore {
  readonly #folder: string;

  constructor(cacheFolder: string) {
    this.#folder = path.join(cacheFolder, "parallelism");
    fs.mkdirSync(this.#folder, { recursive: true });
  }

  /** The memory for one model, by its hash. Another runtime version or number of cores is measured again. */
  of(hash: string, { version, workers }: Runtime): ParallelismMemory {
    const file = path.join(this.#folder, `${hash.slice(0, 40)}.json`);
    const measured = { runtime: version, cores: workers ?? 1 };
    let known = read(file, measured);
    return {
      read: () => known,
      keep: (found) => {
        known = found;
        try {
          fs.writeFileSync(file, JSON.stringify({ ...measured, found }));
        } catch {
          // The disk may be full. The next process measures again.
        }
      },
    };
  }
}

function read(file: string, measured: { readonly runtime: string; readonly cores: number }): Parallelism | undefined {
  try {
    const { runtime, cores, found } = JSON.parse(fs.readFileSync(file, "utf8")) as {
      runtime: unknown;
      cores: unknown;
      found: unknown;
    };
    if (runtime !== measured.runtime || cores !== measured.cores) return undefined;
    return found === "side-by-side" || found === "one-by-one" ? found : undefined;
  } catch {
    return undefined;
  }
}
