import { ChangedFile } from "../files/changed-file.ts";
import { openRegular } from "../files/open-regular.ts";
import { mostPointerBytes, refuseLfsPointer } from "../files/lfs-pointer.ts";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * Random access to bytes, so that the structure of a file of many gigabytes is known without
 * reading its weights. Reading past the end is an error that names the file and the offset.
 */
export interface ByteSource {
  /** What a person would call it: the file's path, or the entry's name in an archive. */
  readonly name: string;
  readonly size: number;
  /** Of a file: what was opened, see `stampAt`. */
  readonly stamp?: string;
  /** A fresh exact copy of `length` bytes from `offset`. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** A regular file, open until it is closed. A file that changes meanwhile is refused, see `RegularFile`. */
export function fileSource(file: string): ByteSource {
  const open = openRegular(file);
  const { size, stamp } = open;
  return {
    name: file,
    size,
    stamp,
    read(offset, length) {
      checkRange(file, size, offset, length);
      const bytes = open.read(offset, length);
      if (bytes.length < length) throw new ChangedFile(file);
      return bytes;
    },
    close: () => open.close(),
  };
}

/** The same for weights, which Git may have left out: a pointer's text is refused as what it is. */
export function weightsSource(file: string): ByteSource {
  const source = fileSource(file);
  try {
    if (source.size < mostPointerBytes) refuseLfsPointer(file, source.read(0, source.size));
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
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
