import fs from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { openRegular } from "./open-regular.ts";
import { makePrivate } from "./private-folder.ts";
import { unseen } from "./seen-files.ts";
import { systemCode } from "./system-failure.ts";
import { removeLeftovers } from "./temporary.ts";
import { writeWhole } from "./write-whole.ts";

export interface KeptSettings {
  /** Beyond this the least recently used files go. */
  readonly mostBytes: number;
  /** Files used this recently stay even then: another process may just be opening them. */
  readonly keepForMs?: number;
  /** For what cannot be computed again: the disk has it before the name does. */
  readonly durable?: boolean;
}

/** After the contents: these letters, the length in 64 bits, and the contents' CRC-32. */
const magic = new TextEncoder().encode("glassbx1");
const trailerBytes = magic.length + 8 + 4;
const piece = 1 << 24;
/** How often the folder's size is counted, as a share of what may be in it. */
const countShare = 1 / 16;
const privateMode = 0o600;

/**
 * A folder of files that are kept between runs, for this person only. Each carries a checksum, so that a file that rotted, was cut off
 * or was written by something else counts as not there. Nothing here ever fails an answer: what cannot be kept is computed again.
 */
export class KeptFolder {
  readonly folder: string;
  readonly #settings: KeptSettings;
  #bytesSinceCount = Infinity;

  constructor(folder: string, settings: KeptSettings) {
    this.folder = folder;
    this.#settings = settings;
    try {
      makePrivate(folder);
      removeLeftovers([folder]);
    } catch (error) {
      ignore(error);
    }
  }

  /** The contents, if they are whole. A damaged file is removed. */
  read(name: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#checked(name, (contents) => {
      const bytes = contents.read(0, contents.size - trailerBytes);
      return crc32(bytes) === contents.checksum ? bytes : undefined;
    });
  }

  /** Whether a file of so many bytes is there and whole. It is read once, in pieces. */
  holds(name: string, bytes: number): boolean {
    const whole = this.#checked(name, (contents) => {
      if (contents.size !== bytes + trailerBytes) return undefined;
      let checksum = 0;
      for (let at = 0; at < bytes; at += piece)
        checksum = crc32(contents.read(at, Math.min(piece, bytes - at)), checksum);
      return checksum === contents.checksum ? true : undefined;
    });
    return whole ?? false;
  }

  /** False if it could not be kept: the disk may be full, or not writable. */
  write(name: string, contents: Uint8Array): boolean {
    try {
      makePrivate(this.folder);
      this.#makeRoom(contents.length);
      const whole = new Uint8Array(contents.length + trailerBytes);
      whole.set(contents);
      whole.set(trailerOf(contents), contents.length);
      writeWhole(path.join(this.folder, name), whole, { mode: privateMode, durable: this.#settings.durable ?? false });
      return true;
    } catch (error) {
      ignore(error);
      return false;
    }
  }

  remove(name: string): void {
    try {
      fs.rmSync(path.join(this.folder, name), { force: true });
    } catch (error) {
      ignore(error);
    }
  }

  #checked<T>(name: string, use: (contents: Checked) => T | undefined): T | undefined {
    return unseen(() => this.#open(name, use));
  }

  #open<T>(name: string, use: (contents: Checked) => T | undefined): T | undefined {
    const file = path.join(this.folder, name);
    try {
      const open = openRegular(file);
      try {
        const checksum = checksumOf(open);
        const found = checksum === undefined ? undefined : use({ ...open, checksum });
        if (found === undefined) fs.rmSync(file, { force: true });
        else touch(file);
        return found;
      } finally {
        open.close();
      }
    } catch (error) {
      ignore(error);
      return undefined;
    }
  }

  #makeRoom(bytes: number): void {
    const { mostBytes, keepForMs = 0 } = this.#settings;
    this.#bytesSinceCount += bytes;
    if (this.#bytesSinceCount < mostBytes * countShare) return;
    const before = Date.now() - keepForMs;
    removeOldest(this.folder, mostBytes - bytes, (used) => used <= before);
    this.#bytesSinceCount = 0;
  }
}

interface Checked {
  readonly size: number;
  readonly checksum: number;
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** Removes the least recently used files until the rest fit, but only those that may go. */
export function removeOldest(
  folder: string,
  mostBytes: number,
  mayGo: (usedMs: number, name: string) => boolean,
): void {
  const files = fs
    .readdirSync(folder)
    .map((name) => ({ name, stat: fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false }) }))
    .filter(({ stat }) => stat?.isFile());
  let total = files.reduce((sum, { stat }) => sum + stat!.size, 0);
  for (const { name, stat } of files.sort((a, b) => a.stat!.mtimeMs - b.stat!.mtimeMs)) {
    if (total <= mostBytes) return;
    if (!mayGo(stat!.mtimeMs, name)) continue;
    fs.rmSync(path.join(folder, name), { force: true });
    total -= stat!.size;
  }
}

function trailerOf(contents: Uint8Array): Uint8Array {
  const trailer = new Uint8Array(trailerBytes);
  trailer.set(magic);
  const view = new DataView(trailer.buffer);
  view.setBigUint64(magic.length, BigInt(contents.length), true);
  view.setUint32(magic.length + 8, crc32(contents), true);
  return trailer;
}

/** Undefined if the trailer is not one. */
function checksumOf({ size, read }: Pick<Checked, "size" | "read">): number | undefined {
  if (size < trailerBytes) return undefined;
  const trailer = read(size - trailerBytes, trailerBytes);
  const view = new DataView(trailer.buffer);
  const whole =
    magic.every((byte, at) => trailer[at] === byte) &&
    view.getBigUint64(magic.length, true) === BigInt(size - trailerBytes);
  return whole ? view.getUint32(magic.length + 8, true) : undefined;
}

/** Remembers when it was used, for eviction only. */
function touch(file: string): void {
  try {
    const now = new Date();
    fs.utimesSync(file, now, now);
  } catch (error) {
    ignore(error);
  }
}

/** What the system refuses here costs time only. Anything else is a defect. */
function ignore(error: unknown): void {
  if (systemCode(error) === undefined && (error as Error).name !== "GlassboxError") throw error;
}
