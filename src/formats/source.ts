import fs from "node:fs";
import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * Random access to bytes, so that the structure of a file of many gigabytes is known without
 * reading its weights. Reading past the end is an error that names the file and the offset.
 */
export interface ByteSource {
  /** What a person would call it: the file's path, or the entry's name in an archive. */
  readonly name: string;
  readonly size: number;
  /** A fresh exact copy of `length` bytes from `offset`. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

export function fileSource(file: string): ByteSource {
  let descriptor: number;
  let size: number;
  try {
    descriptor = fs.openSync(file, "r");
    size = fs.fstatSync(descriptor).size;
  } catch (error) {
    throw new GlassboxError("file", `${path.basename(file)} cannot be read`, { where: file, hint: reasonOf(error) });
  }
  if (fs.fstatSync(descriptor).isDirectory()) {
    fs.closeSync(descriptor);
    throw new GlassboxError("file", `${path.basename(file)} is a folder, not a file`, { where: file });
  }
  return {
    name: file,
    size,
    read(offset, length) {
      checkRange(file, size, offset, length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const count = fs.readSync(descriptor, bytes, done, Math.min(length - done, 1 << 30), offset + done);
        if (count === 0)
          throw new GlassboxError("file", "the file became shorter while it was read", {
            where: `${file}, offset ${offset + done}`,
          });
        done += count;
      }
      return bytes;
    },
    close: () => fs.closeSync(descriptor),
  };
}

export const memorySource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  read(offset, length) {
    checkRange(name, bytes.length, offset, length);
    // Not `slice`: a Buffer's shares its memory.
    return new Uint8Array(bytes.subarray(offset, offset + length));
  },
  close: () => undefined,
});

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= size
  )
    return;
  throw new GlassboxError("file", `${length} bytes were expected at offset ${offset}, but the file has ${size}`, {
    where: name,
    hint: "The file is truncated or not what its name says.",
  });
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "There is no such file.";
  if (code === "EACCES" || code === "EPERM") return "You have no permission to read it.";
  return `The system says: ${code ?? String(error)}.`;
}
