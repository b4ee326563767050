import fs from "node:fs";
import { crc32 } from "node:zlib";
import { ChangedFile } from "./changed-file.ts";
import { isMissing, systemFailure } from "./system-failure.ts";

const checksumBytes = 4;
const privateMode = 0o600;

/**
 * Rows of `features` float32 numbers, written one after another by a process that may be ended at any time. Each row carries its
 * CRC-32: the file is read up to the first row that is not whole, and written again from there.
 */
export class RowFile {
  readonly file: string;
  readonly features: number;

  constructor(file: string, features: number) {
    this.file = file;
    this.features = features;
  }

  get #rowBytes(): number {
    return 4 * this.features + checksumBytes;
  }

  /** The bytes that so many rows take. */
  bytesOf(rows: number): number {
    return rows * this.#rowBytes;
  }

  /** The number of complete rows in the file. */
  get rows(): number {
    return Math.floor((fs.statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) / this.#rowBytes);
  }

  /** Writes rows from `start` on, over an incomplete one that a killed process left. */
  write(start: number, values: Float32Array): void {
    const rows = values.length / this.features;
    const bytes = new Uint8Array(this.bytesOf(rows));
    const view = new DataView(bytes.buffer);
    for (let row = 0; row < rows; row++) {
      const contents = new Uint8Array(values.buffer, values.byteOffset + 4 * this.features * row, 4 * this.features);
      bytes.set(contents, this.bytesOf(row));
      view.setUint32(this.bytesOf(row + 1) - checksumBytes, crc32(contents), true);
    }
    const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = fs.constants;
    try {
      const descriptor = fs.openSync(this.file, O_RDWR | O_CREAT | O_NOFOLLOW, privateMode);
      try {
        for (let done = 0; done < bytes.length;)
          done += fs.writeSync(descriptor, bytes, done, bytes.length - done, this.bytesOf(start) + done);
      } finally {
        fs.closeSync(descriptor);
      }
    } catch (error) {
      throw systemFailure(error, "written", this.file);
    }
  }

  /** The first `rows` rows. If one of them is not whole, it and those after it are removed, and the file counts as changed. */
  read(rows: number): Float32Array<ArrayBuffer> {
    const bytes = this.#bytes(this.bytesOf(rows));
    const view = new DataView(bytes.buffer);
    const values = new Float32Array(rows * this.features);
    const target = new Uint8Array(values.buffer);
    for (let row = 0; row < rows; row++) {
      const contents = bytes.subarray(this.bytesOf(row), this.bytesOf(row) + 4 * this.features);
      if (crc32(contents) !== view.getUint32(this.bytesOf(row + 1) - checksumBytes, true)) {
        fs.truncateSync(this.file, this.bytesOf(row));
        throw this.#changed();
      }
      target.set(contents, 4 * this.features * row);
    }
    return values;
  }

  #changed(): ChangedFile {
    return new ChangedFile(this.file, "the cache of activations is shorter than it was, or damaged", "Run it again.");
  }

  /** A person, or another process that needed the space, may have removed the file. */
  #bytes(length: number): Uint8Array<ArrayBuffer> {
    try {
      const descriptor = fs.openSync(this.file, "r");
      try {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length;) {
          const count = fs.readSync(descriptor, bytes, done, Math.min(length - done, 1 << 30), done);
          if (count === 0) throw this.#changed();
          done += count;
        }
        const now = new Date();
        fs.futimesSync(descriptor, now, now);
        return bytes;
      } finally {
        fs.closeSync(descriptor);
      }
    } catch (error) {
      throw isMissing(error) ? this.#changed() : systemFailure(error, "read", this.file);
    }
  }
}
