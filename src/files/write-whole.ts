import fs from "node:fs";
import path from "node:path";
import { isMissing, systemFailure } from "./system-failure.ts";
import { temporaryIn } from "./temporary.ts";

export interface WriteSettings {
  /** Who may read the file; by default what the person's own settings say. */
  readonly mode?: number;
  /** Whether the disk has it before the name does. True unless the file can be made again. */
  readonly durable?: boolean;
}

/** A folder may be removed, or a clock changed, while a file is written. */
const attempts = 3;

/**
 * Writes a file whole or not at all: under a name of its own first, which is then exchanged for the old one. Where the old one was a
 * link, the link is replaced, and what it led to stays. A full disk leaves the old file as it was.
 */
export function writeWhole(file: string, contents: Uint8Array | string, settings: WriteSettings = {}): void {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  for (let attempt = 1; ; attempt++) {
    try {
      writeOnce(file, bytes, settings);
      return;
    } catch (error) {
      if (!isMissing(error) || attempt === attempts) throw systemFailure(error, "written", file);
    }
  }
}

function writeOnce(file: string, bytes: Uint8Array, { mode = 0o666, durable = true }: WriteSettings): void {
  const folder = path.dirname(file);
  const temporary = temporaryIn(folder);
  try {
    // "wx": a name that is there already, a link included, is refused.
    const descriptor = fs.openSync(temporary, "wx", mode);
    try {
      for (let done = 0; done < bytes.length;) done += fs.writeSync(descriptor, bytes, done, bytes.length - done);
      if (durable) fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}
