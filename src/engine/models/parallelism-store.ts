import path from "node:path";
import { KeptFolder } from "../../files/kept-folder.ts";
import { textOf } from "../../files/read-whole.ts";
import type { Parallelism, ParallelismMemory } from "../../methods/parallelism.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/**
 * Remembers whether each model's samples run faster in parallel or one by one on this machine. It is stored next to the
 * weights.
 */
export class ParallelismStore {
  readonly #kept: KeptFolder;

  constructor(cacheFolder: string) {
    this.#kept = new KeptFolder(path.join(cacheFolder, "parallelism"), { mostBytes });
  }

  /** The memory for one model, by its hash. Another runtime version or number of cores is measured again. */
  of(hash: string, { version, workers }: Runtime): ParallelismMemory {
    const name = `${hash.slice(0, 40)}.json`;
    const measured = { runtime: version, cores: workers ?? 1 };
    let known = parse(this.#kept.read(name), measured);
    return {
      read: () => known,
      keep: (found) => {
        known = found;
        // The disk may be full. The next process measures again.
        this.#kept.write(name, new TextEncoder().encode(JSON.stringify({ ...measured, found })));
      },
    };
  }
}

/** A measurement takes less than a kilobyte. */
const mostBytes = 64 << 20;

function parse(
  bytes: Uint8Array | undefined,
  measured: { readonly runtime: string; readonly cores: number },
): Parallelism | undefined {
  if (bytes === undefined) return undefined;
  try {
    const { runtime, cores, found } = JSON.parse(textOf(bytes)) as { runtime: unknown; cores: unknown; found: unknown };
    if (runtime !== measured.runtime || cores !== measured.cores) return undefined;
    return found === "side-by-side" || found === "one-by-one" ? found : undefined;
  } catch {
    return undefined;
  }
}
