import { GlassboxError } from "../../tensor/errors.ts";
import type { ByteSource } from "../source.ts";
import { Cursor } from "./cursor.ts";

/** Integers beyond ±2⁵³ stay exact as bigint. */
export type GgufValue = number | bigint | boolean | string | GgufArray;

/** Where an array lies. Its elements are read only on demand: a vocabulary is megabytes, and most readers never ask. */
export interface GgufArray {
  readonly elementType: GgufValueType;
  readonly length: number;
  readonly offset: number;
}

export type GgufValueType =
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "float32"
  | "bool"
  | "string"
  | "array"
  | "uint64"
  | "int64"
  | "float64";

/** In the order of their numbers in the file. */
const valueTypes: readonly GgufValueType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "bool",
  "string",
  "array",
  "uint64",
  "int64",
  "float64",
];

type Fixed = Exclude<GgufValueType, "string" | "array">;
const fixedBytes: Readonly<Record<Fixed, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  bool: 1,
  uint64: 8,
  int64: 8,
  float64: 8,
};

const maxStringBytes = 16 << 20;
const maxDepth = 4;
/** Strings and nested arrays have no fixed size, so that finding the end of one means walking it. */
const maxWalkedElements = 4_000_000;
/** The largest lists of merges have half a million: elements of one array that are turned into values. */
const maxElements = 750_000;

/** Counts were 32 bits wide in version 1. */
export const readCount = (cursor: Cursor, version: number): number | bigint =>
  version === 1 ? cursor.uint32() : toExact(cursor.uint64());

const lengthBytes = (version: number): 4 | 8 => (version === 1 ? 4 : 8);

export function readString(cursor: Cursor, version: number, what: string): string {
  return decodeUtf8(cursor.bytes(stringLength(cursor, version, what)));
}

/** Walks values and arrays; one per file, so that the whole header shares one budget of steps. */
export class MetadataReader {
  #walked = 0;
  readonly #cursor: Cursor;
  readonly #version: number;

  constructor(cursor: Cursor, version: number) {
    this.#cursor = cursor;
    this.#version = version;
  }

  value(key: string): GgufValue {
    const type = this.#type(key);
    if (type === "string") return readString(this.#cursor, this.#version, key);
    if (type === "array") return this.#array(key, 1);
    return readFixed(this.#cursor, type);
  }

  #type(key: string): GgufValueType {
    const code = this.#cursor.uint32();
    const type = valueTypes[code];
    if (type === undefined)
      throw this.#cursor.error(`${quote(key)} has the value type ${code}, which GGUF does not define`);
    return type;
  }

  #array(key: string, depth: number): GgufArray {
    const cursor = this.#cursor;
    if (depth > maxDepth) throw cursor.error(`${quote(key)} nests arrays more than ${maxDepth} deep`);
    const elementType = this.#type(key);
    const length = readCount(cursor, this.#version);
    const smallest = elementType === "string" || elementType === "array" ? 4 : fixedBytes[elementType];
    if (typeof length === "bigint" || length * smallest > cursor.remaining) {
      throw cursor.error(`${quote(key)} claims ${length} elements, more than the file could hold`);
    }
    const offset = cursor.offset;
    if (elementType !== "string" && elementType !== "array") {
      cursor.skip(length * fixedBytes[elementType], quote(key));
    } else {
      // An array in an array costs as much as several texts.
      this.#walked += elementType === "array" ? 8 * length : length;
      if (this.#walked > maxWalkedElements) {
        throw new GlassboxError("resource", `the header holds more than ${maxWalkedElements} texts`, {
          where: cursor.source.name,
          hint: "The largest vocabularies have a million with their merges.",
        });
      }
      if (elementType === "string")
        cursor.skipTexts(length, lengthBytes(this.#version), (bytes) => checkText(cursor, bytes, key));
      else for (let i = 0; i < length; i++) this.#array(key, depth + 1);
    }
    return { elementType, length, offset };
  }
}

/** The elements of an array of strings. */
export function readStrings(source: ByteSource, version: number, array: GgufArray): string[] {
  checkLength(source, array);
  const cursor = new Cursor(source, array.offset);
  const check = (bytes: number): void => checkText(cursor, bytes, "an element");
  return Array.from({ length: array.length }, () => decodeUtf8(cursor.text(lengthBytes(version), check)));
}

/** The elements of an array of numbers; 64-bit integers beyond ±2⁵³ are refused rather than rounded. */
export function readNumbers(source: ByteSource, array: GgufArray): number[] {
  const { elementType } = array;
  if (elementType === "string" || elementType === "array" || elementType === "bool") {
    throw new GlassboxError("file", `an array of numbers was expected, not of ${elementType}`, { where: source.name });
  }
  checkLength(source, array);
  const cursor = new Cursor(source, array.offset);
  return Array.from({ length: array.length }, () => {
    const value = readFixed(cursor, elementType);
    if (typeof value !== "number") throw cursor.error(`the integer ${value} is too large`);
    return value;
  });
}

function checkLength(source: ByteSource, { length }: GgufArray): void {
  if (length > maxElements)
    throw new GlassboxError("resource", `an array in the header has ${length} elements; ${maxElements} are the most`, {
      where: source.name,
    });
}

export const isArray = (value: GgufValue | undefined): value is GgufArray => typeof value === "object";

function readFixed(cursor: Cursor, type: Fixed): number | bigint | boolean {
  if (type === "bool") {
    const byte = cursor.uint8();
    if (byte > 1) throw cursor.error(`a boolean is 0 or 1, not ${byte}`);
    return byte === 1;
  }
  const value = cursor[type]();
  return typeof value === "bigint" ? toExact(value) : value;
}

function stringLength(cursor: Cursor, version: number, what: string): number {
  const length = readCount(cursor, version);
  checkText(cursor, length, what);
  return Number(length);
}

function checkText(cursor: Cursor, length: number | bigint, what: string): void {
  if (length > maxStringBytes) throw cursor.error(`the text of ${quote(what)} claims ${length} bytes`);
  // Its name is made only where it is needed: there are millions of texts.
  if (length > cursor.remaining) cursor.require(Number(length), `the text of ${quote(what)}`);
}

const toExact = (value: bigint): number | bigint => (BigInt.asIntN(54, value) === value ? Number(value) : value);

/** Vocabularies hold broken UTF-8 now and then; a replacement character is better than no model. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
function decodeUtf8(bytes: Uint8Array): string {
  // A vocabulary is a million short texts, and a decoder takes a microsecond to begin.
  if (bytes.length > 32) return utf8.decode(bytes);
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return utf8.decode(bytes);
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}

/** A name from the file, short enough for a sentence. */
export const quote = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}…` : name);
