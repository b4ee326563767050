import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { fileSource, type ByteSource } from "../source.ts";
import { Cursor } from "./cursor.ts";
import { ggmlTypes, type GgmlType } from "./ggml-types.ts";
import {
  isArray,
  MetadataReader,
  quote,
  readCount,
  readNumbers,
  readString,
  readStrings,
  type GgufValue,
} from "./metadata.ts";
import { sniffGguf } from "./sniff.ts";

export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  /** Row-major, outermost axis first; the file lists the extents the other way round. */
  readonly shape: Shape;
  /** From the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** The header of a GGUF file. No weight is read until one is asked for, so the source must stay open. */
export interface GgufModel {
  readonly source: ByteSource;
  readonly version: number;
  readonly alignment: number;
  readonly metadata: GgufMetadata;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Keys to values. Each getter is undefined where the key is absent, and refuses a value of another type. */
export interface GgufMetadata {
  readonly values: ReadonlyMap<string, GgufValue>;
  string(key: string): string | undefined;
  number(key: string): number | undefined;
  boolean(key: string): boolean | undefined;
  strings(key: string): string[] | undefined;
  numbers(key: string): number[] | undefined;
}

/** Real files have some fifty keys, and at most some ten thousand tensors. */
const maxKeys = 10_000;
const maxTensors = 100_000;
const maxKeyBytes = 65_535;
/** ggml's GGML_MAX_DIMS. */
const maxRank = 4;
/** Key length, value type and the smallest value; name length, rank, type and offset. */
const smallestEntry = { key: 4 + 4 + 1, tensor: 4 + 4 + 4 + 8 };

/**
 * GGUF versions 1 to 3, little-endian: magic, version, counts, metadata, tensor infos, padding, data.
 * Every count and offset is checked against the file's size before anything is made of it.
 */
export function readGguf(source: ByteSource): GgufModel {
  if (!sniffGguf(source))
    throw new GlassboxError("file", "this is not a GGUF file", {
      where: source.name,
      hint: "It does not begin with the letters GGUF.",
    });
  const cursor = new Cursor(source, 4);
  const version = readVersion(cursor);
  const tensorCount = checkedCount(cursor, readCount(cursor, version), maxTensors, smallestEntry.tensor, "tensors");
  const keyCount = checkedCount(cursor, readCount(cursor, version), maxKeys, smallestEntry.key, "metadata keys");
  const metadata = metadataOf(source, version, readMetadata(cursor, version, keyCount));
  refuseShards(source, metadata);
  const alignment = alignmentOf(source, metadata);
  const infos = Array.from({ length: tensorCount }, () => readTensorInfo(cursor, version, alignment));
  const dataOffset = Math.ceil(cursor.offset / alignment) * alignment;
  return { source, version, alignment, metadata, tensors: placeTensors(source, infos, dataOffset) };
}

/** The model in a file; whoever opens it closes its source. */
export function openGguf(file: string): GgufModel {
  const source = fileSource(file);
  try {
    return readGguf(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

function readVersion(cursor: Cursor): number {
  const version = cursor.uint32();
  if (version >= 1 && version <= 3) return version;
  if (version !== 0 && (version & 0xffff) === 0) {
    throw new GlassboxError("unsupported", "this GGUF file is big-endian", {
      where: cursor.source.name,
      hint: "Convert it with gguf_convert_endian.py of llama.cpp.",
    });
  }
  throw new GlassboxError("unsupported", `GGUF version ${version} is unknown`, {
    where: cursor.source.name,
    hint: "Versions 1 to 3 can be read.",
  });
}

function checkedCount(cursor: Cursor, count: number | bigint, limit: number, smallest: number, what: string): number {
  if (typeof count === "number" && count > limit && count * smallest <= cursor.remaining) {
    throw new GlassboxError("resource", `the file has ${count} ${what}; ${limit} are the most that are read`, {
      where: cursor.source.name,
      hint: "It is damaged, or made to take time.",
    });
  }
  if (typeof count === "bigint" || count * smallest > cursor.remaining) {
    throw cursor.error(`the file claims ${count} ${what}, more than it could hold`);
  }
  return count;
}

function readMetadata(cursor: Cursor, version: number, count: number): Map<string, GgufValue> {
  const values = new Map<string, GgufValue>();
  const reader = new MetadataReader(cursor, version);
  for (let i = 0; i < count; i++) {
    const key = readString(cursor, version, "a metadata key");
    if (key.length > maxKeyBytes) throw cursor.error(`a metadata key has ${key.length} characters`);
    if (values.has(key)) throw cursor.error(`the metadata key ${quote(key)} occurs twice`);
    values.set(key, reader.value(key));
  }
  return values;
}

function metadataOf(source: ByteSource, version: number, values: ReadonlyMap<string, GgufValue>): GgufMetadata {
  const mismatch = (key: string, wanted: string): GlassboxError =>
    new GlassboxError("file", `the metadata key ${quote(key)} should be ${wanted}`, { where: source.name });
  const arrayOf = (key: string, wanted: string) => {
    const value = values.get(key);
    if (value === undefined) return undefined;
    if (!isArray(value)) throw mismatch(key, wanted);
    return value;
  };
  const scalar = <T extends string | number | boolean>(key: string, type: string, wanted: string): T | undefined => {
    const value = values.get(key);
    if (value === undefined || typeof value === type) return value as T | undefined;
    throw mismatch(key, wanted);
  };
  return {
    values,
    string: (key) => scalar<string>(key, "string", "a text"),
    number: (key) => scalar<number>(key, "number", "a number below 2⁵³"),
    boolean: (key) => scalar<boolean>(key, "boolean", "true or false"),
    strings(key) {
      const array = arrayOf(key, "an array of texts");
      if (array === undefined) return undefined;
      if (array.elementType !== "string") throw mismatch(key, "an array of texts");
      return readStrings(source, version, array);
    },
    numbers(key) {
      const array = arrayOf(key, "an array of numbers");
      return array && readNumbers(source, array);
    },
  };
}

function refuseShards(source: ByteSource, metadata: GgufMetadata): void {
  const count = metadata.number("split.count") ?? 1;
  if (count <= 1) return;
  throw new GlassboxError("unsupported", `this is one of ${count} parts of a split model`, {
    where: source.name,
    hint: "Merge the parts with gguf-split of llama.cpp, then open the merged file.",
  });
}

function alignmentOf(source: ByteSource, metadata: GgufMetadata): number {
  const alignment = metadata.number("general.alignment") ?? 32;
  if (alignment >= 1 && alignment <= 1 << 20 && Number.isInteger(Math.log2(alignment))) return alignment;
  throw new GlassboxError("file", `the alignment of the data is ${alignment}, not a power of two up to 2²⁰`, {
    where: source.name,
  });
}

function readTensorInfo(cursor: Cursor, version: number, alignment: number): GgufTensor {
  const name = readString(cursor, version, "a tensor's name");
  if (name.length > maxKeyBytes) throw cursor.error(`a tensor's name has ${name.length} characters`);
  const rank = cursor.uint32();
  if (rank > maxRank) throw cursor.error(`the tensor ${quote(name)} has ${rank} axes; ${maxRank} are the most`);
  const extents = Array.from({ length: rank }, () => readCount(cursor, version));
  const code = cursor.uint32();
  const type = ggmlTypes.get(code);
  if (type === undefined) {
    throw new GlassboxError("unsupported", `the tensor ${quote(name)} has the element type ${code}, which is unknown`, {
      where: cursor.source.name,
    });
  }
  const shape = extents.reverse().map((extent) => {
    if (typeof extent === "bigint") throw cursor.error(`the tensor ${quote(name)} has an extent of ${extent}`);
    return extent;
  });
  const innermost = shape.at(-1) ?? 1;
  if (innermost % type.blockSize !== 0) {
    throw cursor.error(
      `the rows of ${quote(name)} have ${innermost} elements, not a multiple of ${type.blockSize} as ${type.name} needs`,
    );
  }
  const byteLength = (sizeOf(shape) / type.blockSize) * type.blockBytes;
  const offset = readCount64(cursor);
  // The product of extents is a double here: an overflow is beyond any file's size, and NaN (0 × ∞) is no safe integer.
  if (!Number.isSafeInteger(byteLength) || byteLength > cursor.source.size) {
    throw cursor.error(`the tensor ${quote(name)} of shape [${shape.join(", ")}] is larger than the file`);
  }
  if (offset % alignment !== 0) throw cursor.error(`the tensor ${quote(name)} is not aligned to ${alignment} bytes`);
  return { name, type, shape, offset, byteLength };
}

/** A tensor's offset is 64 bits wide in every version. */
function readCount64(cursor: Cursor): number {
  const value = cursor.uint64();
  if (value > BigInt(cursor.source.size))
    throw cursor.error(`a tensor claims to lie at ${value}, beyond the end of the file`);
  return Number(value);
}

function placeTensors(source: ByteSource, infos: readonly GgufTensor[], dataOffset: number): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  for (const info of infos) {
    const offset = dataOffset + info.offset;
    if (info.byteLength > 0 && offset + info.byteLength > source.size) {
      throw new GlassboxError(
        "file",
        `the tensor ${quote(info.name)} ends at ${offset + info.byteLength}, but the file has ${source.size} bytes`,
        { where: source.name, hint: "The file is truncated: download it again." },
      );
    }
    if (tensors.has(info.name))
      throw new GlassboxError("file", `the tensor ${quote(info.name)} occurs twice`, { where: source.name });
    tensors.set(info.name, { ...info, offset });
  }
  const inOrder = [...tensors.values()].filter((each) => each.byteLength > 0).sort((a, b) => a.offset - b.offset);
  for (let i = 1; i < inOrder.length; i++) {
    const before = inOrder[i - 1]!;
    if (before.offset + before.byteLength > inOrder[i]!.offset) {
      throw new GlassboxError("file", `the tensors ${quote(before.name)} and ${quote(inOrder[i]!.name)} overlap`, {
        where: source.name,
      });
    }
  }
  return tensors;
}
