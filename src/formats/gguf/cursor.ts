import { GlassboxError } from "../../tensor/errors.ts";
import type { ByteSource } from "../source.ts";

const windowBytes = 1 << 20;

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
    return this.#take(length, (view, at) => new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + at, length).slice());
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
      this.require(length, "the next field");
      const bytes = this.source.read(this.offset, Math.min(windowBytes, this.remaining));
      this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#windowStart = this.offset;
      at = 0;
    }
    this.offset += length;
    return decode(this.#window, at);
  }
}
