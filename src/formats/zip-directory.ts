import { crc32, inflateRawSync } from "node:zlib";
import { GlassboxError } from "../tensor/errors.ts";
import { memorySource, type ByteSource } from "./source.ts";

/** An entry of a zip archive, as its central directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const longestComment = 0xffff;
const largestDirectory = 1 << 28;

/** The entries of an archive, ZIP64 included, without reading any of their data. Two of one name are refused. */
export function readZipDirectory(source: ByteSource): ZipEntry[] {
  const { count, size, offset } = findDirectory(source);
  if (size > largestDirectory) fail(source, "the archive's directory is too large", offset);
  if (count * 46 > size) fail(source, `the archive claims ${count} entries in ${size} bytes`, offset);
  const view = dataView(source.read(offset, size));
  const entries: ZipEntry[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== centralSignature)
      fail(source, "the archive's directory is damaged", offset + at);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > size) fail(source, "the archive's directory is cut off", offset + at);
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
    if (seen.has(name)) fail(source, `the archive has two entries named ${JSON.stringify(name)}`, offset + at);
    seen.add(name);
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      crc: view.getUint32(at + 16, true),
      ...sizes64(source, view, at, at + 46 + nameLength, extraLength, offset),
    });
    at = next;
  }
  return entries;
}

/**
 * An entry's bytes, inflated. What comes out is counted while inflating, so an entry that unpacks to
 * more than it declares fails instead of filling the memory; one that declares over `limit` is not begun.
 */
export function readZipEntry(source: ByteSource, entry: ZipEntry, limit = 2 ** 32): Uint8Array<ArrayBuffer> {
  const { name, method, compressedSize, size, headerOffset } = entry;
  const place = `entry ${JSON.stringify(name)}`;
  if (entry.encrypted) fail(source, "the entry is encrypted", headerOffset, place);
  if (size > limit) {
    throw new GlassboxError("resource", `the entry unpacks to ${size} bytes, over the limit of ${limit}`, {
      where: `${source.name}, ${place}`,
    });
  }
  const start = dataStart(source, entry);
  if (method === 0) return checked(source, entry, source.read(start, size));
  if (method !== 8)
    fail(source, `the entry is packed by method ${method}; only stored and deflated are read`, headerOffset, place);
  // Deflate packs at most 1032 to 1.
  if (size > compressedSize * 1032 + 64)
    fail(source, `the entry claims to unpack from ${compressedSize} to ${size} bytes`, headerOffset, place);
  const packed = source.read(start, compressedSize);
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return fail(source, "the entry is damaged, or unpacks to more than it says", headerOffset, place);
  }
  if (bytes.length !== size)
    fail(source, `the entry unpacks to ${bytes.length} bytes, not ${size}`, headerOffset, place);
  // A view, not a copy: readers of the entry copy what they need.
  return checked(source, entry, new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length));
}

/** The same bytes, if they are those that were packed. */
function checked(source: ByteSource, entry: ZipEntry, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  checkSum(source, entry, crc32(bytes));
  return bytes;
}

function checkSum(source: ByteSource, { name, crc, headerOffset }: ZipEntry, found: number): void {
  if (found === crc) return;
  const what = "the entry's checksum does not fit: its bytes have changed";
  fail(source, what, headerOffset, `entry ${JSON.stringify(name)}`);
}

/** Bytes that are read at once to check an entry that stays in its file. */
const partBytes = 1 << 24;

/** An entry as a source of its own: one that is stored is read where it lies, another is inflated whole. */
export function zipEntrySource(source: ByteSource, entry: ZipEntry, limit?: number): ByteSource {
  const name = `${source.name}, entry ${JSON.stringify(entry.name)}`;
  if (entry.method !== 0 || entry.encrypted) return memorySource(name, readZipEntry(source, entry, limit));
  const start = dataStart(source, entry);
  let crc = 0;
  for (let at = 0; at < entry.size; at += partBytes)
    crc = crc32(source.read(start + at, Math.min(partBytes, entry.size - at)), crc);
  checkSum(source, entry, crc);
  return {
    name,
    size: entry.size,
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= entry.size))
        fail(source, `${length} bytes were expected at offset ${offset} of an entry of ${entry.size}`, start, name);
      return source.read(start + offset, length);
    },
    close: () => undefined,
  };
}

/** The offset of an entry's data. They follow its local header, whose extra fields may be longer than the central directory's. */
function dataStart(source: ByteSource, { name, method, compressedSize, size, headerOffset }: ZipEntry): number {
  const place = `entry ${JSON.stringify(name)}`;
  if (headerOffset + 30 > source.size) fail(source, "the entry lies outside the archive", headerOffset, place);
  const header = dataView(source.read(headerOffset, 30));
  if (header.getUint32(0, true) !== localSignature)
    fail(source, "the entry does not begin where the directory says", headerOffset, place);
  const start = headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + compressedSize > source.size) fail(source, "the entry is cut off", headerOffset, place);
  if (method === 0 && compressedSize !== size)
    fail(source, "the entry's two sizes differ, though it is stored", headerOffset, place);
  return start;
}

interface Directory {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/** The end record is the last thing in the file but for a comment. */
function findDirectory(source: ByteSource): Directory {
  const length = Math.min(source.size, endBytes + longestComment);
  const start = source.size - length;
  const view = dataView(source.read(start, length));
  for (let at = length - endBytes; at >= 0; at--) {
    if (view.getUint32(at, true) !== endSignature || at + endBytes + view.getUint16(at + 20, true) !== length) continue;
    const found = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const overflows = found.count === 0xffff || found.size === 0xffffffff || found.offset === 0xffffffff;
    const directory = overflows ? (findDirectory64(source, start + at) ?? found) : found;
    if (directory.offset + directory.size > start + at)
      fail(source, "the archive's directory lies outside the file", start + at);
    return directory;
  }
  return fail(source, "the archive's end is missing; it was cut off", source.size);
}

function findDirectory64(source: ByteSource, end: number): Directory | undefined {
  if (end < 20) return undefined;
  const locator = dataView(source.read(end - 20, 20));
  if (locator.getUint32(0, true) !== locator64Signature) return undefined;
  const offset = exact(source, locator, 8, end - 20);
  if (offset + 56 > end) return fail(source, "the archive's ZIP64 record lies outside the file", end - 20);
  const record = dataView(source.read(offset, 56));
  if (record.getUint32(0, true) !== end64Signature)
    return fail(source, "the archive's ZIP64 record is damaged", offset);
  return {
    count: exact(source, record, 32, offset),
    size: exact(source, record, 40, offset),
    offset: exact(source, record, 48, offset),
  };
}

/** Sizes and offset of a directory entry; those that are all ones stand in the ZIP64 extra field, in this order. */
function sizes64(
  source: ByteSource,
  view: DataView,
  at: number,
  extra: number,
  extraLength: number,
  directory: number,
): Pick<ZipEntry, "size" | "compressedSize" | "headerOffset"> {
  const fields = {
    size: view.getUint32(at + 24, true),
    compressedSize: view.getUint32(at + 20, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  const end = extra + extraLength;
  for (let field = extra; field + 4 <= end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let next = field + 4;
    for (const key of ["size", "compressedSize", "headerOffset"] as const) {
      if (fields[key] !== 0xffffffff) continue;
      if (next + 8 > end) fail(source, "the archive's ZIP64 sizes are cut off", directory + at);
      fields[key] = exact(source, view, next, directory + at);
      next += 8;
    }
  }
  return fields;
}

function exact(source: ByteSource, view: DataView, at: number, offset: number): number {
  const value = Number(view.getBigUint64(at, true));
  return Number.isSafeInteger(value) ? value : fail(source, "a size in the archive is out of range", offset);
}

function fail(source: ByteSource, what: string, offset: number, place?: string): never {
  const where = [source.name, `offset ${offset}`, place].filter(Boolean).join(", ");
  throw new GlassboxError("file", what, { where, hint: "The file is damaged or was cut off." });
}

const dataView = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
