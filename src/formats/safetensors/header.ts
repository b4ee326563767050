import { GlassboxError } from "../../tensor/errors.ts";
import { formatShape, sizeOf, type Shape } from "../../tensor/shape.ts";
import type { ByteSource } from "../source.ts";
import { JsonError, parseJson, type Json } from "./json.ts";
import { maxHeaderBytes } from "./sniff.ts";
import { storageTypes } from "./storage-types.ts";

export interface SafetensorsEntry {
  readonly name: string;
  /** The file's word for it, such as "BF16". */
  readonly storage: string;
  readonly shape: Shape;
  /** The file that holds it, and where, from its start. */
  readonly source: ByteSource;
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

const maxRank = 64;
/** The reference reads 100 MB; a tensor takes a hundred bytes, and the largest models have some ten thousand a file. */
const maxReadBytes = 4 << 20;

/**
 * A 64-bit header length, the header in JSON (whitespace around it is padding), then the data: little-endian, row-major, each
 * tensor where the one before it ends, the last at the end of the file. As the reference implementation, refuses anything else.
 */
export function readHeader(source: ByteSource): SafetensorsHeader {
  const refuse = (what: string, offset = 8): GlassboxError =>
    new GlassboxError("file", what, {
      where: `${source.name}, offset ${offset}`,
      hint: "The file is truncated, damaged, or not safetensors.",
    });
  if (source.size < 8)
    throw refuse(`a safetensors file begins with 8 bytes of length, but this one has ${source.size} in all`, 0);
  const length = new DataView(source.read(0, 8).buffer).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes))
    throw refuse(`the header claims ${length} bytes; ${maxHeaderBytes} are the most`, 0);
  if (length > BigInt(source.size - 8))
    throw refuse(`the header claims ${length} bytes, but the file has ${source.size}`, 0);
  if (length > BigInt(maxReadBytes)) {
    throw new GlassboxError("resource", `the header has ${length} bytes; ${maxReadBytes} are the most that are read`, {
      where: source.name,
      hint: "Save the model in shards; else the file is damaged, or made to take time.",
    });
  }
  const dataStart = 8 + Number(length);
  const header = parse(source.read(8, Number(length)), refuse);
  const metadata = readMetadata(header.get("__metadata__"), refuse);
  const entries = [...header]
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => readEntry(name, value, source, dataStart, refuse));
  checkContiguous(entries, dataStart, source.size, refuse);
  return { tensors: new Map(entries.map((entry) => [entry.name, entry])), metadata };
}

type Refuse = (what: string, offset?: number) => GlassboxError;

function parse(bytes: Uint8Array, refuse: Refuse): ReadonlyMap<string, Json> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse("the header is not UTF-8 text");
  }
  try {
    const json = parseJson(text);
    if (json instanceof Map) return json;
  } catch (error) {
    if (error instanceof JsonError)
      throw refuse(`the header is not valid JSON: ${error.message} at character ${error.position}`);
    throw error;
  }
  throw refuse("the header is not a JSON object");
}

function readMetadata(value: Json | undefined, refuse: Refuse): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (!(value instanceof Map) || ![...value.values()].every((each) => typeof each === "string")) {
    throw refuse('"__metadata__" must map texts to texts');
  }
  return value as ReadonlyMap<string, string>;
}

function readEntry(name: string, value: Json, source: ByteSource, dataStart: number, refuse: Refuse): SafetensorsEntry {
  const called = `the tensor ${JSON.stringify(name.slice(0, 80))}`;
  if (!(value instanceof Map)) throw refuse(`${called} is not described by an object`);
  const storage = value.get("dtype");
  const type = typeof storage === "string" ? storageTypes.get(storage) : undefined;
  if (type === undefined)
    throw refuse(`${called} has the unknown dtype ${JSON.stringify(String(storage).slice(0, 40))}`);
  const shape = sizes(value.get("shape"));
  if (shape === undefined || shape.length > maxRank) throw refuse(`${called} has no valid shape`);
  const range = sizes(value.get("data_offsets"));
  if (range?.length !== 2 || range[0]! > range[1]!) throw refuse(`${called} has no valid data_offsets`);
  const byteLength = range[1]! - range[0]!;
  const bits = sizeOf(shape) * type.bits;
  if (!Number.isSafeInteger(bits)) throw refuse(`${called} of shape ${formatShape(shape)} is too large`);
  if (bits !== byteLength * 8) {
    throw refuse(
      `${called} of type ${storage as string} and shape ${formatShape(shape)} needs ${bits / 8} bytes, but ${byteLength} are reserved`,
    );
  }
  return { name, storage: storage as string, shape, source, offset: dataStart + range[0]!, byteLength };
}

/** Non-negative exact integers; the parser gives larger ones as bigint. */
function sizes(value: Json | undefined): readonly number[] | undefined {
  const valid = (each: Json): each is number => typeof each === "number" && Number.isSafeInteger(each) && each >= 0;
  return Array.isArray(value) && value.every(valid) ? value : undefined;
}

function checkContiguous(entries: readonly SafetensorsEntry[], dataStart: number, size: number, refuse: Refuse): void {
  const inOrder = [...entries].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const { name, offset, byteLength } of inOrder) {
    if (offset !== end) {
      throw refuse(
        `the tensor ${JSON.stringify(name.slice(0, 80))} ${offset < end ? "overlaps the one before it" : "leaves a hole before it"}`,
        offset,
      );
    }
    end = offset + byteLength;
  }
  if (end > size) throw refuse(`the tensors need ${end} bytes, but the file has ${size}`, size);
  if (end < size) throw refuse(`${size - end} bytes follow the last tensor`, end);
}
