import fs from "node:fs";
import path from "node:path";
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
    fs.mkdirSync(folder, { recursive: true });
  }

  /** @param key a hash of everything that the numbers depend on; @param features the features per row */
  open(key: string, features: number): ActivationFile {
    return new ActivationFile(path.join(this.#folder, fileName(key)), key, features);
  }

  /**
   * Deletes the least recently used files until there is room for all rows of `wanted`. The files of `wanted` are kept.
   */
  makeRoom(wanted: readonly ActivationFile[], rows: number): void {
    const bytes = wanted.reduce((sum, { features }) => sum + 4 * features * rows, 0);
    if (bytes > this.#maxBytes) {
      throw new GlassboxError(
        "resource",
        `the activations of this question fill ${(bytes / 2 ** 30).toFixed(1)} GB, and the cache holds ${(this.#maxBytes / 2 ** 30).toFixed(1)} GB`,
        { hint: "Probe fewer sites or fewer samples, or pool by the mean." },
      );
    }
    const own = new Set(wanted.map(({ key }) => fileName(key)));
    const others = fs
      .readdirSync(this.#folder)
      .filter((name) => !own.has(name))
      .map((name) => {
        const file = path.join(this.#folder, name);
        const stat = fs.statSync(file, { throwIfNoEntry: false });
        return { file, size: stat?.size ?? 0, used: stat?.mtimeMs ?? 0 };
      });
    let total = others.reduce((sum, { size }) => sum + size, bytes);
    for (const { file, size } of others.sort((a, b) => a.used - b.used)) {
      if (total <= this.#maxBytes) return;
      fs.rmSync(file, { force: true });
      total -= size;
    }
  }
}

const fileName = (key: string): string => `${key}.f32`;

export class ActivationFile {
  readonly #file: string;
  /** A hash of everything that the numbers depend on. */
  readonly key: string;
  readonly features: number;

  constructor(file: string, key: string, features: number) {
    this.#file = file;
    this.key = key;
    this.features = features;
  }

  /** The number of complete rows in the file. */
  get rows(): number {
    return Math.floor((fs.statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) / (4 * this.features));
  }

  /** Writes rows from `start` on. It overwrites an incomplete row that a killed process left. */
  write(start: number, values: Float32Array): void {
    const descriptor = fs.openSync(this.#file, fs.constants.O_RDWR | fs.constants.O_CREAT);
    try {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      for (let done = 0; done < bytes.length;)
        done += fs.writeSync(descriptor, bytes, done, bytes.length - done, start * 4 * this.features + done);
    } catch (error) {
      throw new GlassboxError("resource", "activations cannot be written to the cache", {
        where: this.#file,
        hint: `The system says: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      });
    } finally {
      fs.closeSync(descriptor);
    }
  }

  /** The first `rows` rows, as float64. */
  read(rows: number): Float64Array {
    if (this.rows < rows) throw this.#shortened();
    const descriptor = fs.openSync(this.#file, "r");
    try {
      const values = new Float32Array(rows * this.features);
      const bytes = new Uint8Array(values.buffer);
      for (let done = 0; done < bytes.length;) {
        const count = fs.readSync(descriptor, bytes, done, bytes.length - done, done);
        if (count === 0) throw this.#shortened();
        done += count;
      }
      const now = new Date();
      fs.futimesSync(descriptor, now, now);
      return Float64Array.from(values);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  /** The file was deleted by a person, or by another Glassbox process that needed the space. */
  #shortened(): GlassboxError {
    return new GlassboxError("file", "the cache of activations is shorter than it was", {
      where: this.#file,
      hint: "Run it again.",
    });
  }
}
