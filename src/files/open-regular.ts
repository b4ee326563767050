import fs from "node:fs";
import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";
import { ChangedFile } from "./changed-file.ts";
import { noteSeen } from "./seen-files.ts";
import { absent, stampOfStat } from "./stamp.ts";
import { isMissing, systemFailure } from "./system-failure.ts";

/** A regular file, open for reading. */
export interface RegularFile {
  readonly size: number;
  /** Equal as long as it is the same file with the same contents; see `stampOf`. */
  readonly stamp: string;
  /** A fresh copy of at most `length` bytes from `offset`, fewer at the end. Refuses a file that changed since it was opened. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** Windows knows no such flag, and has no pipes among its files. */
const nonBlocking = fs.constants.O_NONBLOCK ?? 0;

/** One call of the system reads no more than this. */
const mostPerCall = 1 << 30;

/**
 * Opens a regular file, and nothing else: a pipe would block for ever and a device has no end. The kind is asked of the open
 * descriptor, so that nothing can be exchanged between the question and the reading.
 */
export function openRegular(file: string): RegularFile {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | nonBlocking);
  } catch (error) {
    if (isMissing(error)) noteSeen(file, absent);
    throw systemFailure(error, "read", file);
  }
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true });
    if (!stat.isFile()) throw notRegular(file, stat);
    noteSeen(file, stampOfStat(stat));
    return regularFile(file, descriptor, stat);
  } catch (error) {
    fs.closeSync(descriptor);
    throw systemFailure(error, "read", file);
  }
}

function regularFile(file: string, descriptor: number, stat: fs.BigIntStats): RegularFile {
  const stamp = stampOfStat(stat);
  let isOpen = true;
  return {
    size: Number(stat.size),
    stamp,
    read(offset, length) {
      // Its number may by now be another file's.
      if (!isOpen) throw new ChangedFile(file);
      try {
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const count = fs.readSync(descriptor, bytes, done, Math.min(length - done, mostPerCall), offset + done);
          if (count === 0) break;
          done += count;
        }
        if (stampOfStat(fs.fstatSync(descriptor, { bigint: true })) !== stamp) throw new ChangedFile(file);
        return done === length ? bytes : bytes.slice(0, done);
      } catch (error) {
        throw systemFailure(error, "read", file);
      }
    },
    close() {
      if (isOpen) fs.closeSync(descriptor);
      isOpen = false;
    },
  };
}

function notRegular(file: string, stat: Pick<fs.BigIntStats, "isDirectory" | "isFIFO" | "isSocket">): GlassboxError {
  const kind = stat.isDirectory() ? "a folder" : stat.isFIFO() ? "a pipe" : stat.isSocket() ? "a socket" : "a device";
  return new GlassboxError("file", `${path.basename(file)} is ${kind}, not a file`, {
    where: file,
    hint: "Only regular files are read.",
  });
}
