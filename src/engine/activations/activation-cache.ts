import path from "node:path";
import { removeOldest } from "../../files/kept-folder.ts";
import { makePrivate } from "../../files/private-folder.ts";
import { RowFile } from "../../files/row-file.ts";
import { systemFailure } from "../../files/system-failure.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/**
 * Activations on disk, [row, feature] in float32, one file for each site: analyses read one site at a time, an
 * interrupted collection continues where the file ends, and another label on the same data needs no new collection.
 */
export class ActivationCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, maxBytes = 8 * 2 ** 30) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** @param key a hash of everything that the numbers depend on; @param features the features per row */
  open(key: string, features: number): ActivationFile {
    return new ActivationFile(path.join(this.#folder, fileName(key)), key, features);
  }

  /**
   * Deletes the least recently used files until there is room for all rows of `wanted`. The files of `wanted` are kept.
   */
  makeRoom(wanted: readonly ActivationFile[], rows: number): void {
    const bytes = wanted.reduce((sum, file) => sum + file.bytesOf(rows), 0);
    if (bytes > this.#maxBytes) {
      throw new GlassboxError(
        "resource",
        `the activations of this question fill ${gigabytes(bytes)} GB, and the cache holds ${gigabytes(this.#maxBytes)} GB`,
        { hint: "Probe fewer sites or fewer samples, or pool by the mean." },
      );
    }
    const own = new Set(wanted.map(({ key }) => fileName(key)));
    const written = wanted.reduce((sum, file) => sum + file.bytesOf(file.rows), 0);
    try {
      makePrivate(this.#folder);
      removeOldest(this.#folder, this.#maxBytes - bytes + written, (_, name) => !own.has(name));
    } catch (error) {
      throw systemFailure(error, "written", this.#folder);
    }
  }
}

const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

const fileName = (key: string): string => `${key}.rows`;

export class ActivationFile extends RowFile {
  /** A hash of everything that the numbers depend on. */
  readonly key: string;

  constructor(file: string, key: string, features: number) {
    super(file, features);
    this.key = key;
  }
}
