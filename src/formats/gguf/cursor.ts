import { GlassboxError } from "../../tensor/errors.ts";
import type { ByteSource } from "../source.ts";

const windowBytes = 1 << 20;

/** Lengths were 32 bits wide in version 1. */
type LengthBytes = 4 | 8;

/** Little-endian numbers one after another, through a window so that a header of many small fields costs few reads. */
export class Cursor {
  offset: number;
  readonly source: ByteSource;
  #window = new DataView(new ArrayBuffer(0));
  #windowStart = 0;

  constructor(source: ByteSource, offset: number) {
    this.source = source;
    this.offset = offset;
  }

  get remaining(): number {
    return this.source.size - this.offset;
  }

  uint8 = (): number => this.#take(1, (view, at) => view.getUint8(at));
  int8 = (): number => this.#take(1, (view, at) => view.getInt8(at));
  uint16 = (): number => this.#take(2, (view, at) => view.getUint16(at, true));
  int16 = (): number => this.#take(2, (view, at) => view.getInt16(at, true));
  uint32 = (): number => this.#take(4, (view, at) => view.getUint32(at, true));
  int32 = (): number => this.#take(4, (view, at) => view.getInt32(at, true));
  float32 = (): number => this.#take(4, (view, at) => view.getFloat32(at, true));
  float64 = (): number => this.#take(8, (view, at) => view.getFloat64(at, true));
  uint64 = (): bigint => this.#take(8, (view, at) => view.getBigUint64(at, true));
  int64 = (): bigint => this.#take(8, (view, at) => view.getBigInt64(at, true));

  bytes(length: number): Uint8Array {
    if (length > windowBytes) {
      const bytes = this.source.read(this.offset, length);
      this.offset += length;
      return bytes;
    }
    return this.#take(length, (view, at) =>
      new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + at, length).slice(),
    );
  }

  /** Passes over `count` texts, each behind its length; `check` refuses a length. Millions a second: no closure, no bigint. */
  skipTexts(count: number, lengthBytes: LengthBytes, check: (length: number) => void): void {
    for (let i = 0; i < count; i++) {
      const length = this.#length(lengthBytes, check);
      this.offset += length;
    }
  }

  /** The bytes of the next text, valid until the next read. */
  text(lengthBytes: LengthBytes, check: (length: number) => void): Uint8Array {
    const length = this.#length(lengthBytes, check);
    const at = this.offset - this.#windowStart;
    if (at < 0 || at + length > this.#window.byteLength) return this.bytes(length);
    this.offset += length;
    return new Uint8Array(this.#window.buffer, this.#window.byteOffset + at, length);
  }

  #length(lengthBytes: LengthBytes, check: (length: number) => void): number {
    let at = this.offset - this.#windowStart;
    if (at < 0 || at + lengthBytes > this.#window.byteLength) {
      this.#fill(lengthBytes);
      at = 0;
    }
    const length =
      this.#window.getUint32(at, true) + (lengthBytes === 8 ? this.#window.getUint32(at + 4, true) * 2 ** 32 : 0);
    this.offset += lengthBytes;
    if (length > 0) check(length);
    return length;
  }

  skip(length: number, what: string): void {
    this.require(length, what);
    this.offset += length;
  }

  require(length: number, what: string): void {
    if (length <= this.remaining) return;
    throw this.error(`${what} needs ${length} bytes, but only ${this.remaining} are left`);
  }

  error(what: string, hint = "The file is truncated or damaged."): GlassboxError {
    return new GlassboxError("file", what, { where: `${this.source.name}, offset ${this.offset}`, hint });
  }

  #take<T>(length: number, decode: (view: DataView, at: number) => T): T {
    let at = this.offset - this.#windowStart;
    if (at < 0 || at + length > this.#window.byteLength) {
      this.#fill(length);
      at = 0;
    }
    this.offset += length;
    return decode(this.#window, at);
  }

  #fill(least: number): void {
    this.require(least, "the next field");
    const bytes = this.source.read(this.offset, Math.min(windowBytes, this.remaining));
    this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#windowStart = this.offset;
  }
}
