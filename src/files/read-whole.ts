import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";
import { openRegular } from "./open-regular.ts";
import { refuseLfsPointer } from "./lfs-pointer.ts";
import { isMissing } from "./system-failure.ts";

/** A whole file, and the stamp of exactly what was read. */
export interface WholeFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stamp: string;
}

/** Files that claim to be empty are read in steps of this: those of the system's own do. */
const step = 1 << 16;

/** Reads a regular file of at most `mostBytes` bytes; a larger one is refused before it is read. */
export function readStamped(file: string, mostBytes: number): WholeFile {
  const open = openRegular(file);
  try {
    if (open.size > mostBytes) throw tooLarge(file, open.size, mostBytes);
    const bytes = open.size > 0 ? open.read(0, open.size) : readToEnd(file, open, mostBytes);
    if (bytes.length < open.size)
      throw new GlassboxError("file", "the file became shorter while it was read", { where: file });
    refuseLfsPointer(file, bytes);
    return { bytes, stamp: open.stamp };
  } finally {
    open.close();
  }
}

export const readWhole = (file: string, mostBytes: number): Uint8Array<ArrayBuffer> =>
  readStamped(file, mostBytes).bytes;

/** UTF-8; a byte order mark at the start is left out. */
export const readText = (file: string, mostBytes: number): string => textOf(readWhole(file, mostBytes));

/** The text of bytes that were read. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The same; undefined if there is no such file. A file that is there and cannot be read is an error. */
export function readIfThere(file: string, mostBytes: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    return readWhole(file, mostBytes);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function readToEnd(file: string, open: ReturnType<typeof openRegular>, mostBytes: number): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const piece = open.read(total, step);
    total += piece.length;
    if (total > mostBytes) throw tooLarge(file, total, mostBytes);
    pieces.push(piece);
    if (piece.length < step) break;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const tooLarge = (file: string, bytes: number, mostBytes: number): GlassboxError =>
  new GlassboxError("resource", `${path.basename(file)} is larger than ${sizeWords(mostBytes)}`, {
    where: file,
    hint: `It has ${sizeWords(bytes)}; more than ${sizeWords(mostBytes)} are not read for this.`,
  });

const sizeWords = (bytes: number): string =>
  bytes >= 1 << 20
    ? `${(bytes / (1 << 20)).toPrecision(3).replace(/\.0+$/, "")} MiB`
    : `${(bytes / 1024).toPrecision(3)} KiB`;
