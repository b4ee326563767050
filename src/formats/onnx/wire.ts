import { GlassboxError } from "../../tensor/errors.ts";
import type { ByteSource } from "../source.ts";

/** Wire types of protobuf; groups (3 and 4) are long deprecated and ONNX never used them. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;
export type WireType = typeof VARINT | typeof FIXED64 | typeof LENGTH | typeof FIXED32;

/** A part of the file. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

const windowBytes = 16 * 1024;
const longestString = 1 << 24;

/**
 * What one file may make us hold, in units of about 8 bytes: list elements cost 1, records 16. It is
 * several times what the largest language models' graphs need, and keeps a file of a billion empty nodes
 * from filling the memory.
 */
const budgetUnits = 2 ** 23;
export const recordUnits = 16;

/**
 * Protobuf's bytes through a small window, so that tensors are stepped over and never read. Only
 * numbers leave this file, each checked against the end of the message it stands in.
 */
export class Wire {
  readonly source: ByteSource;
  /** What is being read, outermost first: errors name it. */
  readonly places: string[] = [];
  /** The two halves of the last varint or 64-bit field read, unsigned. */
  low = 0;
  high = 0;
  #window: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #windowStart = 0;
  #unitsLeft = budgetUnits;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** File, offset and what is being read there. */
  where(offset: number): string {
    return [this.source.name, `offset ${offset}`, ...this.places].join(", ");
  }

  fail(what: string, offset: number, hint = "The file is damaged or was cut off."): never {
    throw new GlassboxError("file", what, { where: this.where(offset), hint });
  }

  /** Refuses a file that would make us hold more than the budget. */
  spend(units: number, offset: number): void {
    this.#unitsLeft -= units;
    if (this.#unitsLeft >= 0) return;
    throw new GlassboxError("resource", "the model's structure is too large to hold", {
      where: this.where(offset),
      hint: "More than half a million nodes, values and attributes are not read.",
    });
  }

  /** Names what is read inside `body`, for its errors. */
  within<T>(place: string, body: () => T): T {
    this.places.push(place);
    const result = body();
    // On a throw the place stays: the error has been made, and the reader is not used again.
    this.places.pop();
    return result;
  }

  /** Adds the name, once it is known, to the place that `within` opened. */
  named(name: string): string {
    this.places[this.places.length - 1] += ` ${JSON.stringify(name.slice(0, 80))}`;
    return name;
  }

  byte(offset: number): number {
    const at = offset - this.#windowStart;
    if (at >= 0 && at < this.#window.length) return this.#window[at]!;
    this.#load(offset);
    return this.#window[0]!;
  }

  #load(offset: number): void {
    this.#window = this.source.read(offset, Math.min(windowBytes, this.source.size - offset));
    this.#windowStart = offset;
  }

  /** Reads a varint into `low` and `high` and returns the offset after it. */
  varint(offset: number, end: number): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (offset + i >= end) this.fail("a number is cut off", offset);
      const byte = this.byte(offset + i);
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (i < 9) high |= bits << (7 * i - 32);
      else {
        if (byte > 1) this.fail("a number is longer than 64 bits", offset);
        high |= bits << 31;
      }
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return offset + i + 1;
      }
    }
    return this.fail("a number is longer than 64 bits", offset);
  }

  /** The last varint as int64, at the nearest double: 2⁶³ − 1, "to the end", becomes 2⁶³. */
  signed(): number {
    return (this.high | 0) * 2 ** 32 + this.low;
  }

  bytes({ offset, length }: Range): Uint8Array<ArrayBuffer> {
    if (length === 0 || length > windowBytes / 2) return this.source.read(offset, length);
    this.byte(offset);
    if (offset + length > this.#windowStart + this.#window.length) this.#load(offset);
    const at = offset - this.#windowStart;
    return this.#window.slice(at, at + length);
  }
}

/** One field of a message: its number, and where its payload lies. */
export interface Field extends Range {
  readonly number: number;
  readonly type: WireType;
  /** Where the field's tag stands. */
  readonly tagOffset: number;
}

/** The fields of the message that fills `message`, in the order of the file. */
export function* fields(wire: Wire, message: Range): Generator<Field> {
  const end = message.offset + message.length;
  for (let offset = message.offset; offset < end;) {
    const tagOffset = offset;
    offset = wire.varint(offset, end);
    if (wire.high !== 0) wire.fail("a field's number is out of range", tagOffset);
    const number = wire.low >>> 3;
    const type = wire.low & 7;
    if (number === 0) wire.fail("a field has the number 0", tagOffset);
    const field = payload(wire, type, number, tagOffset, offset, end);
    yield field;
    offset = field.offset + field.length;
  }
}

function payload(wire: Wire, type: number, number: number, tagOffset: number, offset: number, end: number): Field {
  if (type === VARINT) return { number, type, tagOffset, offset, length: wire.varint(offset, end) - offset };
  if (type === FIXED32 || type === FIXED64) {
    const length = type === FIXED32 ? 4 : 8;
    if (offset + length > end) wire.fail("a number is cut off", tagOffset);
    return { number, type, tagOffset, offset, length };
  }
  if (type !== LENGTH) return wire.fail(`wire type ${type} does not occur in ONNX files`, tagOffset);
  const start = wire.varint(offset, end);
  const length = wire.high * 2 ** 32 + wire.low;
  if (length > end - start) {
    wire.fail(`field ${number} claims ${length} bytes, but ${end - start} are left`, tagOffset);
  }
  return { number, type, tagOffset, offset: start, length };
}

/** Refuses a field of another wire type than its schema says. */
export function expectType(wire: Wire, field: Field, type: WireType): void {
  if (field.type !== type) wire.fail(`field ${field.number} has the wrong wire type`, field.tagOffset);
}

/** An int64, at the nearest double. */
export function integer(wire: Wire, field: Field): number {
  expectType(wire, field, VARINT);
  wire.varint(field.offset, field.offset + field.length);
  return wire.signed();
}

export function float(wire: Wire, field: Field): number {
  expectType(wire, field, FIXED32);
  return dataView(wire.bytes(field)).getFloat32(0, true);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text that must be UTF-8; two different names must not become one by replacement characters. */
export function text(wire: Wire, field: Field): string {
  return textOrUndefined(wire, field) ?? wire.fail(`field ${field.number} is not valid UTF-8 text`, field.tagOffset);
}

/** Text, or nothing where the bytes are none or are too many to be meant as text. */
export function textOrUndefined(wire: Wire, field: Field): string | undefined {
  expectType(wire, field, LENGTH);
  if (field.length > longestString) return undefined;
  wire.spend(4 + (field.length >> 3), field.tagOffset);
  try {
    return utf8.decode(wire.bytes(field));
  } catch (error) {
    if (error instanceof GlassboxError) throw error;
    return undefined;
  }
}

/** A sub-message's bytes. */
export function message(wire: Wire, field: Field): Range {
  expectType(wire, field, LENGTH);
  return field;
}

/** Appends a repeated int64, written packed or one by one. */
export function pushIntegers(wire: Wire, field: Field, into: number[]): void {
  if (field.type === VARINT) {
    wire.spend(1, field.tagOffset);
    into.push(integer(wire, field));
    return;
  }
  expectType(wire, field, LENGTH);
  const end = field.offset + field.length;
  for (let offset = field.offset; offset < end;) {
    wire.spend(1, offset);
    offset = wire.varint(offset, end);
    into.push(wire.signed());
  }
}

/** Appends a repeated float, written packed or one by one. */
export function pushFloats(wire: Wire, field: Field, into: number[]): void {
  if (field.type === FIXED32) {
    wire.spend(1, field.tagOffset);
    into.push(float(wire, field));
    return;
  }
  expectType(wire, field, LENGTH);
  if (field.length % 4 !== 0) wire.fail("a list of floats is not a multiple of 4 bytes", field.tagOffset);
  wire.spend(field.length / 4, field.tagOffset);
  const view = dataView(wire.bytes(field));
  for (let at = 0; at < field.length; at += 4) into.push(view.getFloat32(at, true));
}

export const dataView = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
