import fs from "node:fs";
import path from "node:path";
import type { Arrangement, ArrangementMemory } from "../../methods/arrangement.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** How each model's samples ran fastest on this machine, kept beside its weights. */
export class Arrangements {
  readonly #folder: string;

  constructor(cacheFolder: string) {
    this.#folder = path.join(cacheFolder, "arrangements");
    fs.mkdirSync(this.#folder, { recursive: true });
  }

  /** Of a model's hash. Another version of the runtime, or another number of cores, is measured anew. */
  of(hash: string, { version, lanes }: Runtime): ArrangementMemory {
    const file = path.join(this.#folder, `${hash.slice(0, 40)}.json`);
    const measured = { runtime: version, cores: lanes ?? 1 };
    let known = read(file, measured);
    return {
      read: () => known,
      keep: (found) => {
        known = found;
        try {
          fs.writeFileSync(file, JSON.stringify({ ...measured, found }));
        } catch {
          // A full disk: the next process measures again.
        }
      },
    };
  }
}

function read(file: string, measured: { readonly runtime: string; readonly cores: number }): Arrangement | undefined {
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
